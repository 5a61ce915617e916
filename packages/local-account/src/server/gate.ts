import type { Call } from '../core/service';
import { refuseForeign } from './browser-guard';
import type { Exchange } from './exchange';
import { type Claim, claimOf } from './signature/claim';
import { type Dialect, errorOf, SignatureRefusal } from './signature/refusal';
import type { KeyHolder, SignatureVerifier } from './signature/verifier';

/** Whoever signed a request, verified. */
export interface Caller {
  readonly accessKeyId: string;
  readonly call: Call;
}

const passed = Symbol('passed the gate');

/**
 * A request that comes from no foreign web page. Whatever answers requests takes a visitor, and only the gate makes them, so
 * nothing can be served around it.
 */
export class Visitor {
  constructor(
    _token: typeof passed,
    readonly exchange: Exchange,
    private readonly verifier: SignatureVerifier,
  ) {}

  /** The unverified claim: which service a request is for. Undefined when it is not signed. @throws SignatureRefusal. */
  claim(): Claim | undefined {
    return claimOf(this.exchange);
  }

  /**
   * Who signed the request for one of these services.
   *
   * @param services signing names. @param readPayload reads the whole payload; it is called when the key is known.
   * @throws SignatureRefusal
   */
  async identify(services: readonly string[], readPayload: () => Promise<Buffer>): Promise<Caller> {
    const { claim, holder } = this.begin(services);
    await this.verifier.verify(this.exchange, claim, holder, await readPayload());
    return this.callerOf(claim, holder);
  }

  /** The same for a service that reads the payload itself: the exchange it gets fails where the payload is not what was signed. */
  async identifyStreaming(services: readonly string[]): Promise<Caller & { readonly exchange: Exchange }> {
    const { claim, holder } = this.begin(services);
    const { payload } = await this.verifier.verify(this.exchange, claim, holder);
    return { ...this.callerOf(claim, holder), exchange: { ...this.exchange, payload } };
  }

  private begin(services: readonly string[]): { readonly claim: Claim; readonly holder: KeyHolder } {
    const claim = this.claim();
    if (claim === undefined)
      throw new SignatureRefusal(
        'unsigned',
        'the request is not signed; point an AWS client with the keys of `mooring env` at this endpoint',
      );
    if (!services.includes(claim.service))
      throw new SignatureRefusal(
        'mismatch',
        `Credential should be scoped to correct service: '${services.join("' or '")}', not '${claim.service}'`,
      );
    return { claim, holder: this.verifier.check(this.exchange, claim) };
  }

  private callerOf(claim: Claim, { principal, session }: KeyHolder): Caller {
    const { requestId, headers } = this.exchange;
    return {
      accessKeyId: claim.accessKeyId,
      call: { principal, requestId, region: claim.region, headers, ...(session === undefined ? {} : { session }) },
    };
  }
}

/** The one way into the account. */
export class Gate {
  constructor(
    private readonly verifier: SignatureVerifier,
    private readonly port: () => number,
  ) {}

  /** @throws AwsError AccessDenied for what a foreign web page sent. */
  enter(exchange: Exchange, admitsOrigin: (origin: string) => boolean = () => false): Visitor {
    refuseForeign(exchange, this.port(), admitsOrigin);
    return new Visitor(passed, exchange, this.verifier);
  }
}

/** Words a refusal the way the client's protocol does. */
export function inDialect(error: unknown, dialect: Dialect): unknown {
  return error instanceof SignatureRefusal ? errorOf(error, dialect) : error;
}
