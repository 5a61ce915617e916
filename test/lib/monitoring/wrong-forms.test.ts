import {
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createDriftAlarm, driftRules } from '../../../lib/monitoring/drift-alarms';
import { testUseCases } from '../../support/app';
import { EventSide } from '@mooring/local-account/test/support/event-side';

const [loans] = testUseCases();
if (loans === undefined) throw new Error('the test use case loans is gone');
const { useCase } = {
  useCase: {
    ...loans.useCase,
    monitoring: {
      ...loans.useCase.monitoring,
      quality: { every: '1h', metric: 'auc', bound: 0.7 } as const,
      bias: { every: '1h', metric: 'DPPL', max: 0.2 } as const,
      explanations: { every: '1h', min_ndcg: 0.9 } as const,
    },
  },
};

/** The alarms as the stack would make them. */
const alarms = driftRules(useCase).map((rule) => {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Alarms');
  createDriftAlarm(stack, rule, useCase);
  const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')) as {
    readonly Properties: PutMetricAlarmCommandInput;
  }[];
  if (resource === undefined) throw new Error(`no alarm for ${rule.id}`);
  return resource.Properties;
});

interface Published {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

/** How a metric comes out when one follows prose of the documentation, or code that was never run against the service. */
const wrongForms: readonly (readonly [string, (right: Published) => Published])[] = [
  ['a leading slash', (right) => ({ ...right, Namespace: `/${right.Namespace}` })],
  ['a namespace in the singular', (right) => ({ ...right, Namespace: right.Namespace.replace(/s$/, '') })],
  ['Endpoint in the singular', (right) => ({ ...right, Namespace: right.Namespace.replace('Endpoints', 'Endpoint') })],
  [
    'the namespace of batch',
    (right) => ({ ...right, Namespace: right.Namespace.replace('Endpoints', 'ModelMonitoring') }),
  ],
  [
    'a slash and the singular',
    (right) => ({ ...right, Namespace: `/${right.Namespace.replace('Endpoints', 'Endpoint')}` }),
  ],
  [
    'EndpointName and ScheduleName',
    (right) => ({
      ...right,
      Dimensions: right.Dimensions.map(({ Name, Value }) => ({
        Name: Name === 'Endpoint' ? 'EndpointName' : 'ScheduleName',
        Value,
      })),
    }),
  ],
  [
    'the schedule alone',
    (right) => ({ ...right, Dimensions: right.Dimensions.filter(({ Name }) => Name !== 'Endpoint') }),
  ],
  [
    'the endpoint alone',
    (right) => ({ ...right, Dimensions: right.Dimensions.filter(({ Name }) => Name === 'Endpoint') }),
  ],
  ['a dimension more', (right) => ({ ...right, Dimensions: [...right.Dimensions, { Name: 'Feature', Value: 'x' }] })],
  [
    'another spelling of the metric',
    (right) => ({ ...right, MetricName: right.MetricName.replaceAll('_', '-').concat('-') }),
  ],
  ['upper case in the metric', (right) => ({ ...right, MetricName: right.MetricName.toUpperCase() })],
];

let side: EventSide;
beforeEach(async () => {
  side = await new EventSide().up();
});
afterEach(() => side.down());

const state = (alarm: PutMetricAlarmCommandInput): string | undefined =>
  side.account.parts.peer('alarms').stateOf(alarm.AlarmName ?? '');
const publish = async (metric: Published, alarm: PutMetricAlarmCommandInput): Promise<void> => {
  const breach = (alarm.Threshold ?? 0) + (alarm.ComparisonOperator === 'LessThanThreshold' ? -0.5 : 0.5);
  await side.clients.cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: metric.Namespace,
      MetricData: [{ MetricName: metric.MetricName, Dimensions: [...metric.Dimensions], Value: breach }],
    }),
  );
};
const rightForm = (alarm: PutMetricAlarmCommandInput): Published => ({
  Namespace: alarm.Namespace ?? '',
  MetricName: alarm.MetricName ?? '',
  Dimensions: (alarm.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({ Name, Value })),
});

describe('an alarm of each monitor', () => {
  test.each(wrongForms)('is not reached by a metric with %s', async (_, wrong) => {
    for (const alarm of alarms) {
      await side.clients.cloudwatch.send(new PutMetricAlarmCommand(alarm));
      const right = rightForm(alarm);
      const form = wrong(right);
      // Where the wrong form happens to be the right one (no underscore, say), there is nothing to tell apart.
      if (JSON.stringify(form) !== JSON.stringify(right)) await publish(form, alarm);
    }
    await side.advance(2);
    expect(alarms.filter((alarm) => state(alarm) === 'ALARM').map((alarm) => alarm.AlarmName)).toEqual([]);
  });

  test('is reached by what our contract says', async () => {
    const silent: (string | undefined)[] = [];
    for (const alarm of alarms) {
      await side.clients.cloudwatch.send(new PutMetricAlarmCommand(alarm));
      await publish(rightForm(alarm), alarm);
      await side.advance(2);
      if (state(alarm) !== 'ALARM') silent.push(alarm.AlarmName);
      // Two alarms may watch the two sides of one metric: the next one gets an hour of its own.
      await side.advance(300);
    }
    expect(silent).toEqual([]);
  });
});

describe('an hourly metric', () => {
  const [drift] = alarms;
  if (drift === undefined) throw new Error('no alarm');
  /** State changes of an alarm in six hours with a breach at each full hour. */
  const sixHours = async (alarm: PutMetricAlarmCommandInput): Promise<readonly string[]> => {
    await side.clients.cloudwatch.send(new PutMetricAlarmCommand(alarm));
    for (let hour = 0; hour < 6; hour += 1) {
      await publish(rightForm(alarm), alarm);
      await side.advance(60);
    }
    return side
      .traces('alarm.changed')
      .filter((each) => each.alarm === alarm.AlarmName)
      .map((each) => each.to);
  };

  test('triggers our alarm once and holds it, because its period is the cadence', async () => {
    expect((await sixHours(drift)).filter((to) => to === 'ALARM')).toHaveLength(1);
  });

  test('would trigger an alarm with a period of a minute again every hour', async () => {
    const minutely = { ...drift, Period: 60, TreatMissingData: 'notBreaching' };
    expect((await sixHours(minutely)).filter((to) => to === 'ALARM').length).toBeGreaterThan(3);
  });

  test('that stops keeps our alarm as it was: a window without data is neither drift nor its end', async () => {
    await sixHours(drift);
    await side.advance(300);
    expect(state(drift)).toBe('ALARM');
  });
});
