interface Bucket {
  tokens: number;
  /** Milliseconds. */
  filled: number;
}

/** Token buckets, one per stage: `rate` requests per second, `burst` at once. */
export class Throttle {
  private readonly buckets = new Map<string, Bucket>();

  /** @param now milliseconds, which may be virtual. */
  constructor(private readonly now: () => number) {}

  /** False when the request exceeds what the stage allows. */
  admits(key: string, { rate, burst }: { readonly rate: number; readonly burst: number }): boolean {
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: burst, filled: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.filled) * rate) / 1000);
    bucket.filled = now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
