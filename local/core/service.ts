/** Who calls: the account's administrator (a person's keys) or a role that a function, job or endpoint runs as. */
export interface Principal {
  readonly kind: 'administrator' | 'role' | 'service';
  /** arn:aws:iam::<account>:user/local, or the role's arn. */
  readonly arn: string;
}

/** One decoded API call. */
export interface Call {
  readonly principal: Principal;
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
}

/**
 * One AWS API. The protocol layer finds the operation by name and answers an unknown one with a 4xx that names it.
 * Other services call the public methods of the class that implements this, in process.
 */
export interface AwsService {
  /** Name in the credential scope of signed requests: s3, cloudformation, sagemaker, events, monitoring ... */
  readonly signingName: string;
  /** AWS Query and JSON services: operation name to handler. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** What the caller must be allowed to do. Absent: `<signingName>:<operation>` on `*`. */
  permissions?(operation: string, input: Body): readonly Permission[];
}
