import drift from '../../../contracts/events/fixtures/drift-alarm.json';
import failed from '../../../contracts/events/fixtures/monitor-failed.json';
import { alarmStateChange, processingJobStateChange } from '../../../contracts/events';
import { alarmText, driftText, monitorFailedText } from '../../../lambda/notify/texts';
import { publish } from '../../../lambda/shared/news';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';

describe('the news of a drift alarm', () => {
  const window = { start: '2026-11-20T09:00:00Z', end: '2026-11-20T10:00:00Z' };
  const common = { title: 'Loans', endpointName: 'loans-endpoint', event: alarmStateChange.parse(drift) };
  const quality = {
    name: 'auc against ground truth',
    kind: 'quality',
    value: 0.7012,
    threshold: 0.75,
    direction: 'below',
  } as const;

  test('names what drifted, by how much, since when, in how many rows, and what to do', () => {
    const text = driftText({
      ...common,
      firing: [
        {
          name: 'annuity',
          kind: 'data',
          value: 0.934567,
          threshold: 0.2,
          direction: 'above',
          since: '2026-11-20T10:05:31.000Z',
        },
        { name: 'region', kind: 'data', value: 0.00021, threshold: 0.05, direction: 'below' },
      ],
      windows: [{ kind: 'data', ...window, rows: 240, report: 's3://artifacts/loans/monitoring/data/x/report.html' }],
    });
    expect(text.subject).toBe('drift in annuity, region');
    expect(text.lines.join('\n'))
      .toBe(`The requests to loans-endpoint (Loans) differ from the data that the model learnt from.

- annuity: drift is 0.9346, allowed at most 0.2, since 2026-11-20T10:05:31.000Z
- region: p-value is 0.00021, allowed at least 0.05

Judged (data): 240 rows from 2026-11-20T09:00:00Z to 2026-11-20T10:00:00Z; report: s3://artifacts/loans/monitoring/data/x/report.html
Live version: unknown
Alarm: ${common.event.detail.alarmName}, since ${common.event.detail.state.timestamp}
What it means and what to do: docs/operating.md#drift
A separate message says whether a retraining starts.`);
  });

  test('does not speak of the requests when it is the answers that are worse', () => {
    const text = driftText({ ...common, firing: [quality], windows: [] });
    expect(text.subject).toBe('auc against ground truth out of bounds');
    expect(text.lines[0]).toBe('What loans-endpoint (Loans) answers is out of the bounds of the use case.');
    expect(text.lines).toContain('- auc against ground truth: is 0.7012, allowed at least 0.75');
    expect(text.lines.join()).toContain('docs/operating.md#model-quality');
  });

  test('tells both when both happened', () => {
    const feature = { name: 'annuity', kind: 'data', value: 0.9, threshold: 0.2, direction: 'above' } as const;
    expect(driftText({ ...common, firing: [feature, quality], windows: [] }).subject).toBe(
      'drift in annuity; auc against ground truth out of bounds',
    );
  });
});

test('the news of an alarm about a function carry its description, which links to the runbook', () => {
  const description = 'The function loans-deploy failed. See docs/operating.md#function-errors';
  const { detail, ...event } = drift;
  const rang = { ...event, detail: { ...detail, alarmName: 'loans-deploy-errors', configuration: { description } } };
  const text = alarmText(alarmStateChange.parse(rang));
  expect([text.subject, text.lines.at(-1)]).toEqual(['loans-deploy-errors is ALARM', description]);
});

test('the news of a failed monitor run carry its reason', () => {
  const { lines } = monitorFailedText(processingJobStateChange.parse(failed));
  expect(lines[0]).toBe(
    'The monitor run loans-data-monitor-d32c5kddcf5bb8c3 is Failed; nothing was judged in its window.',
  );
  expect(lines[1]).toContain('baseline statistics.json is not JSON');
});

describe('a message', () => {
  const sns = new SNSClient({ region: 'eu-west-1' });
  const mock = mockClient(sns);
  mock.on(PublishCommand).resolves({});
  const sent = () => mock.commandCalls(PublishCommand).at(-1)?.args[0].input;

  test('has a subject that SNS takes, whatever is in it', async () => {
    await publish(sns, 'topic', {
      useCase: 'loans',
      kind: 'drift',
      subject: `Grüße\n${'x'.repeat(200)}`,
      lines: ['a', 'b'],
    });
    expect(sent()?.Subject).toMatch(/^\[loans\] Gr\?\?e x+\.\.\.$/);
    expect(sent()?.Subject).toHaveLength(100);
    expect(sent()?.Message).toBe('a\nb');
  });

  test('can be filtered by use case', async () => {
    await publish(sns, 'topic', { useCase: 'loans', kind: 'retraining', subject: 's', lines: [] });
    expect(sent()?.MessageAttributes?.['use_case']).toEqual({ DataType: 'String', StringValue: 'loans' });
  });
});
