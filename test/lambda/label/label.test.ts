import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import type { LabelSettings } from '../../../contracts/function-settings';
import { accept } from '../../../lambda/label/accept';
import { problemOf } from '../../../lambda/label/check';
import { handler } from '../../../lambda/label/handler';

const column = { name: 'repaid', type: 'integer', min: 0, max: 1, nullable: true } as const;
const settings: LabelSettings = { task: 'binary', column };
const noon = Date.parse('2026-03-01T12:34:56Z');
const s3 = mockClient(S3Client);
const context = {
  useCase: 'loans',
  data: { s3: new S3Client({}), name: 'data' },
  settings,
  now: () => noon,
};

const written = (): string => String(s3.commandCalls(PutObjectCommand)[0]?.args[0].input.Body);

beforeEach(() => {
  s3.reset();
  s3.on(PutObjectCommand).resolves({});
});

describe('a batch of labels', () => {
  test('is one object of the hour, in the form that Model Monitor reads', async () => {
    const answer = await accept(context, { labels: [{ inference_id: 'a', label: 1 }] });
    expect(answer).toMatchObject({ accepted: 1, rejected: [] });
    expect(answer.key).toMatch(/^loans\/ground-truth\/2026\/03\/01\/12\/[0-9a-f]{32}\.jsonl$/);
    expect(JSON.parse(written())).toEqual({
      groundTruthData: { data: '1', encoding: 'CSV' },
      eventMetadata: { eventId: 'a' },
      eventVersion: '0',
    });
  });

  test('that is sent again in the same hour writes the same object', async () => {
    const send = (): Promise<{ key?: string }> => accept(context, { labels: [{ inference_id: 'a', label: 1 }] });
    expect((await send()).key).toBe((await send()).key);
  });

  test('keeps the time at which it was collected', async () => {
    const answer = await accept(context, { time: '2026-02-01T03:00:00Z', labels: [{ inference_id: 'a', label: 0 }] });
    expect(answer.key).toContain('/2026/02/01/03/');
  });

  test('of a request with several rows has a value per row', async () => {
    await accept(context, { labels: [{ inference_id: 'a', label: [1, 0, 1] }] });
    expect(JSON.parse(written())).toMatchObject({ groundTruthData: { data: '1\n0\n1' } });
  });

  test('with bad labels keeps the good ones and tells what is wrong with each other', async () => {
    const labels = [{ inference_id: 'a', label: 7 }, { label: 1 }, { inference_id: 'c', label: 0 }];
    const { accepted, rejected } = await accept(context, { labels });
    expect(accepted).toBe(1);
    expect(rejected).toEqual([
      { index: 0, inference_id: 'a', problem: 'label: 7 is above 1' },
      { index: 1, problem: expect.stringContaining('inference_id') as string },
    ]);
  });

  test('without any good label writes nothing', async () => {
    await accept(context, { labels: [{ inference_id: 'a', label: 'maybe' }] });
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(0);
  });

  test.each([[{}], [{ labels: [] }], [null], [{ labels: Array.from({ length: 10_001 }, () => ({})) }]])(
    'that is none is refused with what to send',
    async (body) => {
      await expect(accept(context, body)).rejects.toThrow('"inference_id"');
    },
  );
});

describe('a value', () => {
  test.each([
    [1, undefined],
    ['0', undefined],
    [0.5, '0.5 is not a whole number'],
    [true, "'true' is not a number"],
    ['', 'an empty label says nothing; leave it out until it is known'],
  ])('%p of a column of 0 and 1', (value, problem) => {
    expect(problemOf(value, settings)).toBe(problem);
  });

  test.each([
    ['NaN', "'NaN' says that there is no label; leave it out until it is known"],
    [' ', "' ' says that there is no label; leave it out until it is known"],
    ['null', "'null' says that there is no label; leave it out until it is known"],
    ['maybe', "'maybe' is not a number"],
    ['2', '2 is above 1'],
    ['0x1', "'0x1' is not a number"],
  ])('%p is no label, although programs read it as a number', (value, problem) => {
    expect(problemOf(value, { ...settings, positive: 1 })).toBe(problem);
  });

  test('that the use case does not declare is neither positive nor negative', () => {
    const column = { name: 'y', type: 'category', nullable: true } as const;
    expect(problemOf('maybe', { task: 'binary', column, positive: 'yes' })).toBe(
      "'maybe' is neither yes (positive) nor no (negative)",
    );
    expect(problemOf('maybe', { task: 'binary', column, positive: 'yes', negative: 'rest' })).toBeUndefined();
  });

  test('of a category has to be a known one', () => {
    const category: LabelSettings = {
      ...settings,
      column: { name: 'c', type: 'category', categories: ['yes', 'no'], nullable: true },
    };
    expect(problemOf('yes', category)).toBeUndefined();
    expect(problemOf('maybe', category)).toBe("'maybe' is none of yes, no");
  });
});

describe('a call of the HTTP API', () => {
  const variables = {
    MOORING_USE_CASE: 'loans',
    MOORING_DATA_BUCKET: 'data',
    MOORING_SETTINGS: JSON.stringify(settings),
  };
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, variables));
  afterEach(() => (process.env = { ...before }));
  const call = (body: string): Promise<unknown> =>
    handler({ body, requestContext: { timeEpoch: noon, http: { method: 'POST' } } });

  test('is accepted', async () => {
    const answer = await call(JSON.stringify({ labels: [{ inference_id: 'a', label: 1 }] }));
    expect(answer).toMatchObject({ statusCode: 202, body: expect.stringContaining('"accepted":1') as string });
  });

  test('with nothing usable is the fault of the caller', async () => {
    expect(await call('not json')).toMatchObject({ statusCode: 400, body: '{"message":"the body is not JSON"}' });
    expect(await call('{"labels":[{"inference_id":"a","label":9}]}')).toMatchObject({ statusCode: 400 });
  });
});
