import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as events from '../../../contracts/events';

const folder = join(__dirname, '../../../contracts/events/fixtures');
const fixture = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

const shapes = {
  'drift-alarm': events.alarmStateChange,
  'endpoint-in-service': events.endpointStateChange,
  'model-package-approved': events.modelPackageStateChange,
  'monitor-failed': events.processingJobStateChange,
  'pipeline-succeeded': events.pipelineExecutionStatusChange,
  'raw-object-created': events.objectCreated,
  'retraining-request': events.retrainingRequest,
  'rollback-request': events.rollbackRequest,
  'trial-decision': events.trialDecision,
} as const;

test('every fixture has a shape', () => {
  expect(
    readdirSync(folder)
      .map((each) => each.replace('.json', ''))
      .sort(),
  ).toEqual(Object.keys(shapes));
});

describe.each(Object.entries(shapes))('the event %s', (name, shape) => {
  test('is taken by its shape', () => {
    expect(shape.safeParse(fixture(name)).error).toBeUndefined();
  });

  test('is refused by every other shape', () => {
    const others = Object.entries(shapes).filter(([other]) => other !== name);
    expect(others.filter(([, each]) => each.safeParse(fixture(name)).success).map(([other]) => other)).toEqual([]);
  });
});
