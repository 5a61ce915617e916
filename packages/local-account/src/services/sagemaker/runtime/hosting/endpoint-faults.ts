import { validation } from '../../../../core/errors';
import { optionalNumber, text } from '../../../../core/input';
import type { Body } from '../../../../core/service';

/** What goes wrong with a request: the container answers 500, or its answer counts as slower than it was. */
export type EndpointFault =
  | { readonly kind: 'errors' }
  /** Added to the measured time, not waited for. */
  | { readonly kind: 'slow'; readonly milliseconds: number };

/** Faults that somebody asked for, for the next requests to an endpoint. A restart forgets them. */
export class EndpointFaults {
  private readonly faults = new Map<string, { readonly fault: EndpointFault; remaining: number }>();

  /**
   * The control's input: `endpoint`, `kind` (`errors` or `slow`), `requests`, and `milliseconds` of slow ones.
   *
   * @throws AwsError ValidationException
   */
  set(input: Body): Body {
    const [endpoint, kind] = [text(input, 'endpoint'), text(input, 'kind')];
    const remaining = optionalNumber(input, 'requests') ?? 1;
    if (kind !== 'errors' && kind !== 'slow') throw validation(`kind is '${kind}'; allowed: errors, slow`);
    const milliseconds = optionalNumber(input, 'milliseconds') ?? 10_000;
    const fault: EndpointFault = kind === 'slow' ? { kind, milliseconds } : { kind };
    this.faults.set(endpoint, { fault, remaining });
    return { endpoint, ...fault, requests: remaining };
  }

  /** The fault of the next request; each is taken once. */
  take(endpoint: string): EndpointFault | undefined {
    const found = this.faults.get(endpoint);
    if (found === undefined || found.remaining <= 0) return undefined;
    found.remaining -= 1;
    return found.fault;
  }
}
