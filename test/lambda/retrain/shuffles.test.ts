import type { Decision } from '../../../contracts/records/decision';
import { decide } from '../../../lambda/retrain/decide';
import { requestOf } from '../../../lambda/retrain/request';
import { alarmEvent, endedEvent, requestEvent, RetrainFixture } from './retrain-fixture';

/** Minutes since the story began. */
type Minutes = number;

const begin = Date.parse('2026-03-01T00:00:00Z');
const iso = (minutes: Minutes): string => new Date(begin + minutes * 60_000).toISOString().replace('.000', '');
const hours = (count: number): Minutes => count * 60;
const days = (count: number): Minutes => count * 1_440;

/** When the composite alarm fires: drift from day 4 until its retraining helped; a change of concept from day 12. */
const alarms = [
  { from: days(4) + 10, to: days(4) + hours(3) },
  { from: days(12) + 10, to: days(18) },
];
/** An execution takes half an hour and its model is live half an hour later. */
const executionTakes = 30;
const deployedAfter = 60;

/** The story as the retrain function sees it: two alarms, a second look every twelve hours, the end of each execution. */
const story: readonly { readonly at: Minutes; readonly event: Record<string, unknown> }[] = [
  ...alarms.map(({ from }) => ({ at: from, event: alarmEvent(iso(from)) })),
  ...Array.from({ length: 18 * 2 }, (_, index) => {
    const at = hours(12 * (index + 1));
    return { at, event: requestEvent(iso(at), 'reconcile') };
  }),
];

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Delivery {
  readonly at: Minutes;
  readonly event: Record<string, unknown>;
}

/** Each event one to three times, each delivery up to two hours late: so neighbours change places. */
function shuffled(seed: number): Delivery[] {
  const next = random(seed);
  return story.flatMap(({ at, event }) =>
    Array.from({ length: 1 + Math.floor(next() * 3) }, () => ({ at: at + next() * hours(2), event })),
  );
}

/** Lives through deliveries in order of their arrival; returns what was started and what a person was asked. */
async function outcome(deliveries: readonly Delivery[], late: () => number): Promise<readonly string[]> {
  const world = new RetrainFixture({ cool_down: '6h' });
  const queue = [...deliveries];
  let labels = 0;
  const started: Minutes[] = [];
  while (queue.length > 0) {
    queue.sort((a, b) => a.at - b.at);
    const { at, event } = queue.shift() as Delivery;
    const firing = alarms.find(({ from, to }) => from <= at && at < to);
    const ended = alarms.findLast(({ to }) => to <= at);
    world.alarm =
      firing === undefined ? { state: 'OK', since: iso(ended?.to ?? 0) } : { state: 'ALARM', since: iso(firing.from) };
    world.executions.forEach((each, index) => {
      if ((started[index] ?? 0) + executionTakes <= at) each.status = 'Succeeded';
    });
    const live = started.findLast((each) => each + deployedAfter <= at);
    if (live !== undefined)
      world.put('artifacts', 'loans/live/production/manifest.json', {
        version: 1,
        deployed_at: iso(live + deployedAfter),
        metadata: {},
      });
    if (Math.floor(at / days(1)) > labels) {
      labels = Math.floor(at / days(1));
      const time = iso(days(labels));
      const arrivals = Object.fromEntries(Array.from({ length: labels }, (_, day) => [iso(days(day)), 200]));
      world.put('data', `loans/labelled/${time}/manifest.json`, {
        window: { end: time },
        rows: { labelled: 200 * labels },
        arrivals,
      });
    }
    const before = world.executions.length;
    await decide(world.context, requestOf(event));
    if (world.executions.length > before) {
      started.push(at);
      const arn = world.executions.at(-1)?.arn ?? '';
      const end = at + executionTakes;
      queue.push({ at: end + late(), event: endedEvent(iso(end), arn) });
    }
  }
  const day = (each: Decision): string =>
    `day ${Math.floor((Date.parse(each.time) - begin) / 86_400_000)}: ${each.outcome}`;
  const asked = world.decisions().find((each) => each.outcome === 'no-help');
  const starts = world.decisions().filter((each) => each.outcome === 'start');
  return [...starts, ...(asked === undefined ? [] : [asked])].map(day);
}

describe('the events of the story', () => {
  const expected = ['day 4: start', 'day 12: start', 'day 13: start', 'day 14: start', 'day 14: no-help'];

  test('in order give a retraining per alarm, two more attempts with growing waits, then a question to a person', async () => {
    expect(await outcome(story, () => 0)).toEqual(expected);
  });

  test('repeated, reordered and late give the same decisions, in 100 seeded shuffles', async () => {
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const different: unknown[] = [];
    for (let seed = 1; seed <= 100; seed += 1) {
      const next = random(seed + 1_000);
      const found = await outcome(shuffled(seed), () => next() * hours(2));
      if (JSON.stringify(found) !== JSON.stringify(expected)) different.push({ seed, found });
    }
    expect(different).toEqual([]);
  }, 240_000);
});
