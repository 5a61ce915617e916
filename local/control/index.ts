import { durationSeconds } from '../../contracts/duration';
import { AwsError, messageOf } from '../core/errors';
import type { Module, ModuleFactory } from '../core/module';

/** Most virtual time one call may pass: a slip of the keyboard should not start ten years of schedules. */
const longestAdvance = 366 * 86_400_000;

/**
 * Local-only routes for what AWS has no API for: the virtual clock and the trace.
 *
 * GET /_local/clock · POST /_local/clock {duration} · GET /_local/trace?after=SEQUENCE
 */
export const controlModule: ModuleFactory = ({ clock, trace }): Module => {
  const state = (): object => ({
    now: clock.now().toISOString(),
    pending: clock.pending().map(({ name, at }) => ({ name, at: at.toISOString() })),
  });
  return {
    name: 'control',
    services: [],
    providers: [],
    controls: [
      { method: 'GET', path: '/_local/clock', handle: state },
      {
        method: 'POST',
        path: '/_local/clock',
        handle: async ({ duration }) => {
          let milliseconds: number;
          try {
            milliseconds = durationSeconds(String(duration)) * 1000;
          } catch (error) {
            throw new AwsError('ValidationException', messageOf(error));
          }
          if (milliseconds > longestAdvance)
            throw new AwsError(
              'ValidationException',
              `'${String(duration)}' is longer than a year; advance in smaller steps`,
            );
          await clock.advance(milliseconds);
          return state();
        },
      },
      { method: 'GET', path: '/_local/trace', handle: ({ after }) => ({ records: trace.read(Number(after ?? 0)) }) },
    ],
  };
};
