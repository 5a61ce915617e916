import drift from '../../../contracts/events/fixtures/drift-alarm.json';
import failed from '../../../contracts/events/fixtures/monitor-failed.json';
import { alarmStateChange, processingJobStateChange } from '../../../contracts/events';
import { driftText, monitorFailedText } from '../../../lambda/notify/texts';
import { publish } from '../../../lambda/shared/news';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';

describe('the news of a drift alarm', () => {
  const text = driftText({
    useCase: 'loans',
    title: 'Loans',
    endpointName: 'loans-endpoint',
    artifactBucket: 'artifacts',
    event: alarmStateChange.parse(drift),
    firing: [
      { name: 'annuity', value: 0.934567, threshold: 0.2, direction: 'above', since: '2026-11-20T10:05:31.000Z' },
      { name: 'owns_car', value: 0.6, threshold: 0.1, direction: 'above' },
      { name: 'region', value: 0.00021, threshold: 0.05, direction: 'below' },
    ],
    live: undefined,
  });

  test('names what drifted, by how much, and what is allowed', () => {
    expect(text.subject).toBe('drift in annuity, owns_car, region');
    expect(text.lines).toContain('- annuity: drift is 0.9346, allowed at most 0.2, since 2026-11-20T10:05:31.000Z');
    expect(text.lines).toContain('- owns_car: drift is 0.6, allowed at most 0.1');
    expect(text.lines).toContain('- region: p-value is 0.00021, allowed at least 0.05');
  });

  test('says where the reports lie and what to do', () => {
    expect(text.lines).toContain('Reports: s3://artifacts/loans/monitoring/data/');
    expect(text.lines.join()).toContain('docs/operating.md#drift');
  });
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
