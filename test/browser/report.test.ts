import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { renderPage } from '../../cli/watch/report/page';

const executablePath = '/usr/bin/chromium';
const present = existsSync(executablePath);
if (!present) console.warn(`skipped: ${executablePath} is not there; on Debian: apt-get install chromium`);

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

(present ? describe : describe.skip)('the report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-report-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: quiet });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test('opens from disk, loads nothing, runs nothing, and shows tables and figures', async () => {
    const file = join(folder, 'index.html');
    const svg = '<svg width="100" height="40"><rect width="90" height="30"/></svg>';
    writeFileSync(
      file,
      renderPage({
        title: 'Credit risk',
        subtitle: 'for a clerk',
        verdict: 'no alarm is firing',
        sections: [
          { title: 'Features', figures: [{ caption: 'AMT_ANNUITY', svg }] },
          { title: 'Alarms', table: { head: ['alarm'], rows: [['<img src=x onerror="document.title=1">']] } },
        ],
      }),
    );
    const page = await browser.newPage({ viewport: { width: 420, height: 800 } });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${file}`);
    expect(asked).toEqual([`file://${file}`]);
    expect(await page.title()).toBe('Credit risk');
    expect(await page.locator('figure svg').boundingBox()).toMatchObject({ width: 100, height: 40 });
    expect(await page.locator('td').first().innerText()).toContain('<img src=x');
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });

  test('keeps the lines of a message, and breaks no address to make room for it', async () => {
    const file = join(folder, 'messages.html');
    const rows = [['model-owners@example.com', `first line\n${'s3://bucket/a-long-key/'.repeat(40)}`]];
    const sections = [{ title: 'Notifications', table: { head: ['to', 'text'], rows } }];
    writeFileSync(file, renderPage({ title: 'x', subtitle: '', verdict: '', sections }));
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    await page.goto(`file://${file}`);
    expect(await page.locator('td').last().innerText()).toMatch(/^first line\ns3:/);
    // At most the hyphen ends a line: an address in two lines, not in one of letters.
    expect((await page.locator('td').first().boundingBox())?.width).toBeGreaterThan(120);
  });
});
