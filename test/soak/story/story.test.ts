import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { root } from '../../support/app';
import { Life, type Seen } from './life';
import { dayOf, events, isLost } from './plan';
import { meanAuc, storyReport, storyTable } from './report';

const minutes = 60_000;
const days = 30;

describe('thirty days of a use case, and of its twin that retrains on old data alone', () => {
  const life = new Life(loadUseCases(join(__dirname, 'use-cases')), 7);
  const lived: Readonly<Record<string, Seen>>[] = [];
  let seconds = 0;

  beforeAll(async () => {
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const began = performance.now();
    await life.start();
    for (let index = 0; index < days; index += 1) lived.push(await life.live(index, dayOf(index), isLost(index)));
    seconds = (performance.now() - began) / 1_000;
    mkdirSync(join(root, '.mooring/story'), { recursive: true });
    writeFileSync(join(root, '.mooring/story/report.html'), storyReport(lived, seconds));
    process.stdout.write(`\n${storyTable(lived)}lived in ${seconds.toFixed(0)} s\n`);
  }, 30 * minutes);
  afterAll(() => life.stop());

  const story = (index: number): Seen => lived[index]?.['story'] as Seen;
  test('the first days are quiet, also the one with few rows', () => {
    for (let index = 0; index < 6; index += 1)
      expect(story(index)).toMatchObject({ firing: [], decisions: [], news: [], version: 1 });
  });

  test('the gradual drift is noticed in exactly the feature that moves, reported, and answered by a retraining', () => {
    expect(story(6)).toMatchObject({
      firing: ['drift-load', 'drift'],
      decisions: ['start (drift)'],
      version: 2,
    });
    expect([...story(6).news].sort()).toEqual([
      'drift in load',
      'retraining started (drift)',
      'version 2 serves in production',
    ]);
  });

  test('while capture is lost the drift alarm keeps its state, and after three windows the missing data is reported', () => {
    expect([8, 9].map((index) => story(index).news)).toEqual([[], []]);
    expect(story(10)).toMatchObject({ firing: ['drift-load', 'no-data', 'drift'], news: ['story-no-data is ALARM'] });
    expect(story(11).firing).not.toContain('no-data');
  });

  test('an alarm that outlives its retraining is acted on once more, when there is something new to learn from', () => {
    // The rows of that day were answered by the version before, so the next window is the first to tell.
    expect(story(12)).toMatchObject({
      firing: ['drift-load', 'drift'],
      decisions: ['start (reconcile)'],
      version: 3,
    });
    expect(story(13).firing).toEqual([]);
  });

  test('the change of concept is no drift of data: it is noticed when the first labels tell of it', () => {
    expect(story(events.conceptTurns)).toMatchObject({ firing: [], decisions: [] });
    expect(story(14)).toMatchObject({ firing: ['quality-auc', 'drift'], decisions: ['start (drift)'], version: 4 });
  });

  test('the first retraining saw one day of the new concept; it does not loop but waits until it can be judged', () => {
    for (let index = 15; index < 20; index += 1)
      expect(story(index)).toMatchObject({ firing: ['quality-auc', 'drift'], decisions: [], version: 4 });
  });

  test('the second one learnt from labels of the new concept, and quality is back within two points', () => {
    expect(story(20)).toMatchObject({ decisions: ['start (reconcile)'], version: 5 });
    expect(story(22).firing).toEqual([]);
    expect(meanAuc(lived, 'story', 22, 29)).toBeGreaterThan(meanAuc(lived, 'story', 0, 5) - 0.02);
  });

  test('the twin that retrains on old data does not recover, and a person is asked', () => {
    expect(meanAuc(lived, 'story-control', 22, 29)).toBeLessThan(meanAuc(lived, 'story-control', 0, 5) - 0.2);
    const asked = lived.flatMap((each) => each['story-control']?.news ?? []);
    expect(asked).toContain('retraining does not help: a person should look');
  });
});
