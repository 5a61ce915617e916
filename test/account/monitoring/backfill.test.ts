import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateProcessingJobCommand, type CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { CreateScheduleCommand, CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { useCaseSchema } from '@mooring/use-case/use-case';
import { backfill } from '../../../cli/watch/backfill';
import { clientsFor } from '../../../cli/shared/clients';
import type { Session } from '../../../cli/shared/session';
import { clientConfig, control } from '@mooring/local-account/test/support/clients';
import { bucket, Laptop, output, processing } from '@mooring/local-account/test/support/laptop';

const useCase = useCaseSchema.parse({
  name: 'tides',
  title: 'Tides',
  purpose: 'Is watched every six hours.',
  task: 'regression',
  dataset: { columns: ['wind', 'level'].map((name) => ({ name, type: 'number' })), label: 'level' },
  gates: { quality: { metric: 'rmse', bound: 1 } },
  monitoring: { every: '6h' },
});

/** Stands for the monitor: tells its window, when it ran, and whether it would publish; one window has no rows. */
const script = `import json, pathlib, sys, time
began = time.time()
end = sys.argv[sys.argv.index("--window-end") + 1]
if end.startswith("2025-03-01T12"):
    print("no rows until " + end, file=sys.stderr)
    sys.exit(2)
time.sleep(0.2)
found = {"end": end, "publishes": "--no-publish" not in sys.argv, "ran": [began, time.time()]}
pathlib.Path("/opt/ml/processing/output/findings.json").write_text(json.dumps(found))
`;

interface Found {
  readonly end: string;
  readonly publishes: boolean;
  readonly ran: readonly [number, number];
}

/** What the stack's schedule would start, with the scheduler's placeholders. */
const job = (laptop: Laptop, time: string, id: string): CreateProcessingJobCommandInput =>
  ({
    ProcessingJobName: `tides-data-monitor-${id}`,
    ...processing(
      laptop,
      'watch.py',
      {
        ProcessingOutputConfig: {
          Outputs: [output('findings', '/opt/ml/processing/output', `s3://${bucket}/monitoring/${time}`)],
        },
      },
      ['--window-end', time],
    ),
  }) as unknown as CreateProcessingJobCommandInput;

async function schedule(laptop: Laptop): Promise<void> {
  const config = clientConfig(laptop.account);
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'scheduler.amazonaws.com' } }],
  };
  const { Role: role } = await new IAMClient(config).send(
    new CreateRoleCommand({ RoleName: 'starts-runs', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const scheduler = new SchedulerClient(config);
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'tides' }));
  await scheduler.send(
    new CreateScheduleCommand({
      Name: 'tides-data-monitor',
      GroupName: 'tides',
      ScheduleExpression: 'rate(6 hours)',
      State: 'DISABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob',
        RoleArn: role?.Arn,
        Input: JSON.stringify(job(laptop, '<aws.scheduler.scheduled-time>', '<aws.scheduler.execution-id>')),
      },
    }),
  );
}

describe('a range of the past, while a scheduled run is under way', () => {
  let laptop: Laptop;
  let session: Session;
  beforeAll(async () => {
    laptop = await Laptop.start();
    const { connection } = laptop.account;
    session = {
      ...connection,
      clients: clientsFor(connection),
      own: false,
      control: async (method, path) => (await control(laptop.account, method, path)).json(),
      close: () => Promise.resolve(),
    };
    await laptop.put('code/watch.py', script);
    await schedule(laptop);
  });
  afterAll(() => laptop.stop());

  const found = async (time: string): Promise<Found> =>
    JSON.parse(await laptop.text(`s3://${bucket}/monitoring/${time}/findings.json`)) as Found;

  test('is judged window by window where scheduled runs put their findings, one run at a time, publishing nothing', async () => {
    const today = '2025-03-09T00:00:00Z';
    await laptop.sagemaker.send(new CreateProcessingJobCommand(job(laptop, today, 'scheduled')));
    const told: string[] = [];
    const windows = await backfill(
      session,
      useCase,
      { kind: 'data', from: '2025-03-01T00:00:00Z', to: '2025-03-01T19:00:00Z' },
      ({ end }) => told.push(end),
    );

    expect(windows.map(({ end, status }) => [end, status])).toEqual([
      ['2025-03-01T06:00:00Z', 'Completed'],
      ['2025-03-01T12:00:00Z', 'Failed'],
      ['2025-03-01T18:00:00Z', 'Completed'],
    ]);
    expect(windows[1]?.message).toContain('no rows until 2025-03-01T12:00:00Z');
    expect(told).toEqual(windows.map(({ end }) => end));
    const judged = await Promise.all([today, '2025-03-01T06:00:00Z', '2025-03-01T18:00:00Z'].map(found));
    expect(judged.map(({ publishes }) => publishes)).toEqual([true, false, false]);
    const ran = judged.map((each) => each.ran);
    for (const [index, [, ended]] of ran.slice(0, -1).entries()) expect(ran[index + 1]?.[0]).toBeGreaterThan(ended);
  });

  test('is refused where nothing is deployed, with what to do', async () => {
    const range = { kind: 'data', from: '2025-03-01T00:00:00Z', to: '2025-03-01T19:00:00Z' };
    await expect(backfill(session, { ...useCase, name: 'waves' }, range)).rejects.toThrow(
      'no schedule waves-data-monitor; deploy the use case first: npx mooring deploy waves',
    );
  });
});
