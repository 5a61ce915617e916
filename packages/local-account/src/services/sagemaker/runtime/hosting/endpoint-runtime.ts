import { performance } from 'node:perf_hooks';
import { AwsError } from '../../../../core/errors';
import type { AccountParts } from '../../../../core/module';
import type { EndpointFaults } from './endpoint-faults';
import type { Fleet } from './fleet';
import { InvocationMetrics } from './invocation-metrics';
import { modelError } from './model-server';
import type { Answer, ModelServer } from './model-server';
import { pick, seededRandom } from '../random';

/** One inference as a client asks for it. */
export interface InvokeRequest {
  readonly body: Buffer;
  readonly contentType: string;
  readonly accept?: string;
  readonly targetVariant?: string;
  readonly inferenceId?: string;
  readonly customAttributes?: string;
  /** Seconds; default 60, asynchronous requests have more. */
  readonly timeout?: number;
}

/** A production variant as the requests are shared out. */
export interface VariantShare {
  readonly weight: number;
  readonly instances: number;
}

export interface InvokeAnswer {
  readonly body: Buffer;
  readonly contentType: string;
  readonly variant: string;
}

/** A container's answer to a request that somebody wanted to fail. */
const failure: Answer = {
  status: 500,
  contentType: 'text/plain',
  body: Buffer.from('this request was made to fail, as /_local/endpoint-faults was asked to'),
};

/** The fleets of one endpoint, and which of them answers a request. */
export class EndpointRuntime {
  private next: { readonly fleet: Fleet; share: number } | undefined;
  private readonly random: () => number;
  private readonly metrics: InvocationMetrics;

  constructor(
    private readonly account: AccountParts,
    readonly name: string,
    private current: Fleet,
    private readonly faults: EndpointFaults,
  ) {
    this.random = seededRandom(`traffic ${name}`);
    this.metrics = new InvocationMetrics(account);
  }

  /** Sends a share of the requests to a new fleet. */
  shift(fleet: Fleet, share: number): void {
    this.next = { fleet, share };
  }

  /** The new fleet becomes the only one; answers the old one, which is to be stopped. */
  promote(fleet: Fleet): Fleet {
    const old = this.current;
    this.current = fleet;
    this.next = undefined;
    return old;
  }

  /** The old fleet is the only one again. */
  revert(): void {
    this.next = undefined;
  }

  fleets(): readonly Fleet[] {
    return this.next === undefined ? [this.current] : [this.current, this.next.fleet];
  }

  /** @param shares of the production variants. @throws AwsError ModelError with the container's own status and message. */
  async invoke(request: InvokeRequest, shares: ReadonlyMap<string, VariantShare>): Promise<InvokeAnswer> {
    const received = performance.now();
    const fleet = this.next !== undefined && this.random() < this.next.share ? this.next.fleet : this.current;
    const variant = this.choose(request, shares);
    const server = fleet.server(variant);
    if (server === undefined)
      throw new AwsError('ValidationError', `Variant ${variant} of endpoint ${this.name} not found.`);
    const headers = {
      'content-type': request.contentType,
      accept: request.accept ?? '*/*',
      ...(request.customAttributes === undefined
        ? {}
        : { 'x-amzn-sagemaker-custom-attributes': request.customAttributes }),
      ...(request.inferenceId === undefined ? {} : { 'x-amzn-sagemaker-inference-id': request.inferenceId }),
    };
    const fault = this.faults.take(this.name);
    const started = performance.now();
    const measure = (status: number): void => {
      const ended = performance.now() + (fault?.kind === 'slow' ? fault.milliseconds : 0);
      this.metrics.invoked(
        this.name,
        variant,
        fleet.configName,
        shares.get(variant)?.instances ?? 1,
        status,
        Math.round((ended - started) * 1000),
        Math.round((started - received) * 1000),
      );
    };
    let answer: Answer;
    try {
      answer = fault?.kind === 'errors' ? failure : await server.invoke(request.body, headers, request.timeout);
    } catch (error) {
      measure(500);
      if (error instanceof AwsError) throw error;
      throw modelError(500, error instanceof Error ? error.message : String(error), server.log);
    }
    measure(answer.status);
    this.shadow(fleet, request, headers);
    if (answer.status >= 400) throw modelError(answer.status, answer.body.toString('utf8'), server.log);
    this.capture(fleet, variant, server, request, answer);
    return { body: answer.body, contentType: answer.contentType, variant };
  }

  async stop(): Promise<void> {
    await Promise.all(this.fleets().map((each) => each.stop()));
  }

  private choose(request: InvokeRequest, shares: ReadonlyMap<string, VariantShare>): string {
    if (request.targetVariant !== undefined) {
      if (!shares.has(request.targetVariant))
        throw new AwsError(
          'ValidationError',
          `Variant ${request.targetVariant} of endpoint ${this.name} not found; there are: ${[...shares.keys()].join(', ')}`,
        );
      return request.targetVariant;
    }
    const chosen = pick([...shares], ([, { weight }]) => weight, this.random);
    if (chosen === undefined)
      throw new AwsError('ValidationError', `All variants of endpoint ${this.name} have weight 0.`);
    return chosen[0];
  }

  private capture(fleet: Fleet, variant: string, server: ModelServer, request: InvokeRequest, answer: Answer): void {
    fleet.capture.record({
      variant,
      input: { contentType: request.contentType, body: request.body },
      output: { contentType: answer.contentType, body: answer.body },
      roleArn: server.roleArn,
      ...(request.inferenceId === undefined ? {} : { inferenceId: request.inferenceId }),
      ...(request.customAttributes === undefined ? {} : { customAttributes: request.customAttributes }),
    });
  }

  /** A shadow variant gets a copy of the request; its answer is captured and measured, never given to anybody. */
  private shadow(fleet: Fleet, request: InvokeRequest, headers: Readonly<Record<string, string>>): void {
    for (const { name, weight } of fleet.shadows) {
      const server = fleet.server(name);
      if (server === undefined || this.random() >= weight) continue;
      const started = performance.now();
      const measure = (status: number): void =>
        this.metrics.invoked(
          this.name,
          name,
          fleet.configName,
          1,
          status,
          Math.round((performance.now() - started) * 1000),
          0,
        );
      const work = server.invoke(request.body, headers, request.timeout).then(
        (answer) => {
          measure(answer.status);
          if (answer.status < 400) this.capture(fleet, name, server, request, answer);
        },
        () => measure(500),
      );
      void this.account.clock.track(work);
    }
  }
}
