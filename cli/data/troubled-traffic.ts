import { resourceNames } from '../../contracts/names';
import { endpointAlarms } from '@mooring/use-case/sections/stage';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Session } from '../shared/session';
import { type AlarmState, readAlarms } from '../watch/alarms';
import { type Row, sendTraffic, type TrafficOptions, type TrafficResult } from './traffic';

/** What goes wrong with every request: the container fails, or takes longer than the endpoint's alarm allows. */
export type Trouble = 'errors' | 'slow';

/** Period of the endpoint's alarms; they look at two of them. */
const period = '5m';
const periods = 2;

export interface TroubledResult extends TrafficResult {
  /** Alarms of the endpoint that fire afterwards. */
  readonly alarms: readonly AlarmState[];
}

/**
 * Sends requests that fail or are slow for as long as the endpoint's alarms look back, in virtual time, so that they fire.
 *
 * The local account makes them so; nothing about the model changes.
 */
export async function sendTroubledTraffic(
  session: Session,
  useCase: UseCase,
  rows: readonly Row[],
  options: TrafficOptions,
  trouble: Trouble,
): Promise<TroubledResult> {
  const endpoint = resourceNames.endpoint(useCase.name);
  const { latency } = endpointAlarms.parse(useCase.stages.production.alarms ?? {});
  const pass = (): Promise<unknown> => session.control('POST', '/_local/clock', { duration: period });
  const results: TrafficResult[] = [];
  // What was sent before belongs to another period.
  await pass();
  for (let index = 0; index < periods; index += 1) {
    const part = rows.filter((_, row) => row % periods === index);
    await session.control('POST', '/_local/endpoint-faults', {
      endpoint,
      kind: trouble,
      requests: part.length,
      milliseconds: 2 * latency,
    });
    results.push(await sendTraffic(session.clients, useCase, part, options));
    await pass();
  }
  const alarms = (await readAlarms(session.clients, useCase.name)).filter(
    ({ name, state }) => name.startsWith(`${endpoint}-`) && state === 'ALARM',
  );
  return {
    sent: results.reduce((sum, each) => sum + each.sent, 0),
    failed: results.reduce((sum, each) => sum + each.failed, 0),
    errors: [...new Set(results.flatMap((each) => each.errors))],
    answers: results.flatMap((each) => each.answers),
    alarms,
  };
}
