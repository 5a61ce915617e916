/** How deliveries are disturbed: EventBridge promises at-least-once and no order, so consumers must stand this. */
export interface DisturbanceSettings {
  readonly seed: number;
  /** Share of deliveries that come twice, 0 to 1. */
  readonly duplicates: number;
  /** Longest delay in seconds of virtual time; deliveries overtake each other. */
  readonly maxDelaySeconds: number;
}

/** Decides for each delivery how often and how late it comes; the same seed gives the same decisions. */
export class Disturbance {
  private settings: DisturbanceSettings | undefined;
  private state = 0;

  set(settings: DisturbanceSettings | undefined): void {
    this.settings = settings;
    this.state = settings?.seed ?? 0;
  }

  /** Delays in milliseconds, one for each time the event is delivered. */
  deliveries(): readonly number[] {
    const settings = this.settings;
    if (settings === undefined) return [0];
    const times = this.random() < settings.duplicates ? 2 : 1;
    return Array.from({ length: times }, () => Math.floor(this.random() * settings.maxDelaySeconds * 1000));
  }

  /** Mulberry32: small, seeded, good enough to shuffle. */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
