/** What is used of the load tool; it brings no types of its own. Its main file reads the command line's help, this one does not. */
declare module 'autocannon/lib/init' {
  export interface LoadRequest {
    readonly method: 'POST';
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
  }
  export interface LoadOptions {
    readonly url: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Seconds. */
    readonly timeout: number;
    readonly requests: readonly LoadRequest[];
  }
  /** Milliseconds, except `average` and the like of `requests`, which are per second. */
  export interface LoadResult {
    readonly duration: number;
    readonly errors: number;
    readonly timeouts: number;
    readonly '2xx': number;
    readonly non2xx: number;
    readonly latency: Readonly<Record<string, number>>;
    readonly requests: Readonly<Record<string, number>>;
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>;
  }
  export default function run(options: LoadOptions): Promise<LoadResult>;
}
