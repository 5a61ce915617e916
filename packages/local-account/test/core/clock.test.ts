import { Clock } from '../../src/core/clock';

const hour = 3_600_000;
const start = Date.parse('2026-01-01T00:00:00Z');

function frozen(): Clock {
  return new Clock(undefined, () => start);
}

describe('advancing the virtual clock', () => {
  test('fires timers in the order of their instants, each at exactly its time', async () => {
    const clock = frozen();
    const fired: string[] = [];
    const note = (name: string) => (): void => void fired.push(`${name} ${clock.now().toISOString().slice(11, 16)}`);
    clock.after(2 * hour, 'second', note('second'));
    clock.after(hour, 'first', note('first'));
    clock.after(4 * hour, 'too late', note('too late'));
    await clock.advance(3 * hour);
    expect(fired).toEqual(['first 01:00', 'second 02:00']);
    expect(clock.now().toISOString()).toBe('2026-01-01T03:00:00.000Z');
    clock.stop();
  });

  test('waits for the work a timer started before it goes on', async () => {
    const clock = frozen();
    const order: string[] = [];
    clock.after(hour, 'job', () => {
      void clock.track(
        new Promise<void>((done) => setTimeout(done, 20)).then(
          () => void order.push(`job done ${clock.now().toISOString().slice(11, 16)}`),
        ),
      );
    });
    clock.after(hour + 1000, 'next', () => void order.push('next'));
    await clock.advance(2 * hour);
    expect(order).toEqual(['job done 01:00', 'next']);
    clock.stop();
  });

  test('fires a timer that another timer set on the way', async () => {
    const clock = frozen();
    let count = 0;
    const again = (): void => {
      count += 1;
      clock.after(hour, 'again', again);
    };
    clock.after(hour, 'again', again);
    await clock.advance(24 * hour);
    expect(count).toBe(24);
    clock.stop();
  });

  test('does not fire what was cancelled', async () => {
    const clock = frozen();
    let fired = false;
    const cancel = clock.after(hour, 'cancelled', () => void (fired = true));
    cancel();
    await clock.advance(2 * hour);
    expect(fired).toBe(false);
  });

  test('queues advances behind each other', async () => {
    const clock = frozen();
    await Promise.all([clock.advance(hour), clock.advance(hour)]);
    expect(clock.now().toISOString()).toBe('2026-01-01T02:00:00.000Z');
  });

  test('an advance survives work that failed', async () => {
    const clock = frozen();
    clock.after(hour, 'broken', () => {
      void clock.track(Promise.reject(new Error('broken'))).catch(() => undefined);
    });
    await expect(clock.advance(2 * hour)).resolves.toBeUndefined();
    clock.stop();
  });
});
