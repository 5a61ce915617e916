import type { AwsError } from '../../core/errors';
import type { AwsService, Body } from '../../core/service';
import type { Exchange, Reply } from '../exchange';

/** A request understood: which operation of which service, with which members. */
export interface Decoded {
  readonly service: AwsService | undefined;
  readonly operation: string;
  readonly input: Body;
  /** Writes the operation's answer. */
  readonly answer: (output: Body) => Reply;
}

/** One wire protocol. */
export interface Protocol {
  readonly name: 'cbor' | 'json' | 'query' | 'rest-json';
  /** Whether a request speaks it. */
  speaks(exchange: Exchange): boolean;
  /** @param services those that share the signing name. @throws AwsError for a malformed request. */
  decode(exchange: Exchange, body: Buffer, services: readonly AwsService[]): Decoded;
  /** Writes an error the way clients of the protocol parse it. */
  fail(error: AwsError, exchange: Exchange): Reply;
}

export function serviceWith(services: readonly AwsService[], operation: string): AwsService | undefined {
  return services.find((each) => Object.hasOwn(each.operations, operation));
}
