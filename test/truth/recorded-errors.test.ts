import { EventSide } from '@mooring/local-account/test/support/event-side';
import { derivedCall, recordedCalls } from './recorded/calls';
import { makeWorld, type World } from './recorded/world';
import { answerOf, recordedErrors, recordedFile, type RecordedError } from './support/recorded-errors';

const side = new EventSide();
let world: World;
beforeAll(async () => {
  await side.up();
  world = await makeWorld(side.config);
}, 60_000);
afterAll(() => side.down());

/** Calls that the account answers otherwise today, and why. A line that no longer differs is taken out. */
const different: Readonly<Record<string, readonly [answer: string, because: string]>> = {
  's3 TestS3::test_different_location_constraint create-bucket-constraint-us-east-1': [
    'none',
    'the account is one region; it takes the constraint as a word for it',
  ],
  's3 TestS3::test_get_object_part part-doesnt-exist': ['none', 'parts of an object are not kept once it is complete'],
  's3 TestS3ObjectCRUD::test_delete_object_versioned delete-with-bad-version': [
    'none',
    'a version that cannot be is treated as one that is gone',
  ],
};

/** Why a recorded error is not called for: rules over its service, test, place and message, the first that fits. */
const uncalled: readonly (readonly [RegExp, string])[] = [
  [/^events TestEventPattern::/, 'the same calls are in the recorded event patterns, which are all answered alike'],
  [
    /^(iam) .*(ServiceRole|ServiceSpecific|server_certificate)/,
    'no such operation here: service-linked roles, certificates',
  ],
  [/^kms /, 'keys here only say who may use them: no cryptography, no key material'],
  [/^cloudformation /, 'templates are checked by suites of their own; not compared yet'],
  [
    /^events (TestArchive|TestReplay|TestEventBridge(Api|Conn)|TestEvents::test_create_connection)/,
    'no archives, replays or connections here',
  ],
  [
    /^lambda .*(Layer|CodeSigning|Provisioned|SnapStart|[Uu]rl|URL|Recursion|capacity_provider|Image)/,
    'no layers, signing, provisioned concurrency, URLs or images here',
  ],
  [
    /^lambda .*(Kinesis|DynamoDB|kafka|vpc|Vpc|EventSourceMapping|esm_|event_source)/,
    'of event sources only queues, and no networks',
  ],
  [
    /^sns .*(latform|[Ss]ms|SMS|Phone|Certificate|[Ff]ifo)/,
    'no mobile platforms; texts go to the inbox; topics are standard ones',
  ],
  [
    /^sqs .*([Ff]ifo|move_task|task_|purge|permission|redrive_policy)/,
    'no redrive tasks or AddPermission; FIFO is not compared yet',
  ],
  [
    /^s3 .*(Acl|acl|ObjectLock|Presigned|SSEC|sse_c|Website|Inventory|inventory|Accelerat|Replication|Logging|Lifecycle|Analytics|DeepArchive|Ownership|PublicAccess|Notification|Checksum|region|Region|aws_global|Tagging|Payer|kms|KMS|encryption)/i,
    'sub-resources and signatures that the stacks do not use; not compared yet',
  ],
  [/^logs /, 'operations that the stacks do not use; not compared yet'],
];

const rowsOf = (
  recorded: readonly RecordedError[],
  [service, test, place]: (typeof recordedCalls)[number],
): readonly RecordedError[] =>
  recorded.filter(
    (row) => row.service === service && row.test.startsWith(test) && row.place.startsWith(place.split(' ')[0] ?? ''),
  );

describe('calls that AWS refused while somebody recorded it', () => {
  test.each(recordedCalls)('%s %s %s: %s', async (service, name, place, answer, call) => {
    const [expected] = different[`${service} ${name} ${place}`] ?? [answer];
    expect(await answerOf(() => call(world))).toBe(expected);
  });

  const recorded = recordedErrors();
  if (recorded === undefined) console.warn(`skipped: ${recordedFile} is not there (861 recorded errors)`);
  const whenRecorded = recorded === undefined ? test.skip : test;

  whenRecorded('are in the recording with that status and code', () => {
    const strange = recordedCalls.filter((call) => {
      const rows = rowsOf(recorded ?? [], call);
      return !rows.some((row) => `${row.status} ${row.code}` === call[3]);
    });
    expect(strange.map(([service, name, place]) => `${service} ${name} ${place}`)).toEqual([]);
  });

  whenRecorded('that spell themselves out are refused the same', async () => {
    const derived = (recorded ?? []).flatMap((row) => {
      const call = derivedCall(row);
      return call === undefined ? [] : [{ row, call }];
    });
    const differences: string[] = [];
    for (const { row, call } of derived) {
      const answer = await answerOf(() => call(world));
      if (answer !== `${row.status} ${row.code}`) differences.push(`${row.service} ${row.message}: ${answer}`);
    }
    expect(derived.length).toBeGreaterThanOrEqual(50);
    expect(differences).toEqual([]);
  });

  whenRecorded('and all others are listed with a reason or counted', () => {
    const all = recorded ?? [];
    const called = new Set(recordedCalls.flatMap((call) => rowsOf(all, call)));
    const counts: Record<string, number> = { called: 0 };
    for (const row of all) {
      const line = `${row.service} ${row.test} ${row.place} ${row.message}`;
      const reason =
        called.has(row) || derivedCall(row) !== undefined
          ? 'called'
          : (uncalled.find(([rule]) => rule.test(line))?.[1] ?? 'not read yet');
      counts[reason] = (counts[reason] ?? 0) + 1;
    }
    console.info(
      Object.entries(counts)
        .map(([reason, count]) => `${count} ${reason}`)
        .join('\n'),
    );
    expect(all).toHaveLength(861);
    expect(counts['called']).toBeGreaterThanOrEqual(168);
    // Goes down with every call that is added above, never up.
    expect(counts['not read yet']).toBeLessThanOrEqual(170);
  });
});

test('the check itself tells an answer from another and from none', async () => {
  const failing = (name: string, status?: number) => (): Promise<unknown> =>
    Promise.reject(Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } }));
  expect(await answerOf(failing('NoSuchKey', 404))).toBe('404 NoSuchKey');
  expect(await answerOf(() => Promise.resolve())).toBe('none');
  await expect(answerOf(failing('TypeError'))).rejects.toThrow('TypeError');
});
