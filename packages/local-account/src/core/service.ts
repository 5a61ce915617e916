/** Who calls: the account's administrator (a person's keys) or a role that a function, job or endpoint runs as. */
export interface Principal {
  readonly kind: 'administrator' | 'role' | 'service';
  /** arn:aws:iam::<account>:user/local, or the role's arn. */
  readonly arn: string;
}

/** One decoded API call. */
export interface Call {
  readonly principal: Principal;
  /** Name of the role session that calls. */
  readonly session?: string;
  readonly requestId: string;
  readonly region: string;
  /** HTTP headers in lower case; operations of REST services read what they need. */
  readonly headers: Readonly<Record<string, string>>;
}

/** JSON in the API's own shape: PascalCase members as the service model spells them. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
export type Body = Readonly<Record<string, unknown>>;

/** Handles one operation: members in, members out. Timestamps are `Date`s; the protocol layer writes them its way. */
export type Operation = (input: Body, call: Call) => Promise<Body | void> | Body | void;

/** What an IAM policy is asked about one call: action and resource, e.g. s3:GetObject on arn:aws:s3:::bucket/key. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of this action, e.g. `{'cloudwatch:namespace': 'Mooring'}` or `{'iam:PassedToService': 'sagemaker.amazonaws.com'}`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** Policy attached to the resource itself (bucket, queue, topic): it may allow a role, or deny it. */
  readonly resourcePolicy?: Body;
}

/**
 * One AWS API. The protocol layer finds the operation by name and answers an unknown one with a 4xx that names it.
 * Other services call the public methods of the class that implements this, in process.
 *
 * Which protocol a call uses is read off the request (X-Amz-Target, Smithy-Protocol, Action=), so one table of operations
 * serves JSON 1.0/1.1, Query and CBOR clients alike. Query and REST clients send numbers and booleans as strings: read
 * members with the helpers of `input.ts`. A string-keyed map in an answer must be wrapped in {@link AwsMap} when Query
 * clients may ask for it.
 */
export interface AwsService {
  /** Name in the credential scope of signed requests: s3, cloudformation, sagemaker, events, monitoring ... Several services may share one. */
  readonly signingName: string;
  /** Operation name to handler. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** REST-JSON services: how requests become operations. */
  readonly routes?: readonly Route[];
  /** Namespace of Query answers, e.g. http://cloudformation.amazonaws.com/doc/2010-05-15/. */
  readonly xmlNamespace?: string;
  /** Largest request body in bytes, 413 above. Default: 8 MiB. */
  readonly maxBodyBytes?: number;
  /** What the caller must be allowed to do. Absent: `<signingName>:<operation>` on `*`. */
  permissions?(operation: string, input: Body): readonly Permission[];
}

/** One operation of a REST-JSON service. Labels of the path and the listed query and header members join the JSON body's members. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  /** With labels, e.g. /2015-03-31/functions/{FunctionName}/invocations; `{Name+}` takes slashes too. */
  readonly path: string;
  readonly operation: string;
  /** Member to query parameter. A parameter given several times is a list. */
  readonly query?: Readonly<Record<string, string>>;
  /** Member to request header. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The request body is not JSON but the bytes of this member (a Buffer). */
  readonly payload?: string;
  /** This member of the answer (Buffer or string) is the whole body of the response. */
  readonly responsePayload?: string;
  /** Member of the answer to response header. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Status of success. Default: 200. */
  readonly status?: number;
}

/** A map from strings in an answer: JSON writes an object, Query `<entry><key/><value/></entry>`. */
export class AwsMap {
  constructor(readonly entries: Readonly<Record<string, unknown>>) {}

  toJSON(): Readonly<Record<string, unknown>> {
    return this.entries;
  }
}
