import { AwsError } from '../../core/errors';

/** Why a request's signature does not let it in. */
export type RefusalKind =
  | 'unsigned'
  | 'incomplete'
  | 'unsupported'
  | 'no payload hash'
  | 'unknown key'
  | 'wrong token'
  | 'expired token'
  | 'mismatch'
  | 'skewed'
  | 'expired URL'
  | 'headers not signed';

/** A request that is not admitted, in no protocol's words yet. */
export class SignatureRefusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    message: string,
  ) {
    super(message);
  }
}

/** How a client wants its errors: protocols differ in the codes of the same refusal. */
export type Dialect = 's3' | 'query' | 'json' | 'rest-json';

type Answer = readonly [code: string, status: number];

/** For S3, for AWS Query, and for the JSON and CBOR protocols. REST-JSON has the codes of JSON and answers 403. */
const answers: Readonly<Record<RefusalKind, readonly [s3: Answer, query: Answer, json: Answer]>> = {
  unsigned: [
    ['AccessDenied', 403],
    ['MissingAuthenticationToken', 403],
    ['MissingAuthenticationTokenException', 400],
  ],
  incomplete: [
    ['AuthorizationHeaderMalformed', 400],
    ['IncompleteSignature', 400],
    ['IncompleteSignatureException', 400],
  ],
  unsupported: [
    ['InvalidRequest', 400],
    ['IncompleteSignature', 400],
    ['IncompleteSignatureException', 400],
  ],
  'no payload hash': [
    ['MissingSecurityHeader', 400],
    ['IncompleteSignature', 400],
    ['IncompleteSignatureException', 400],
  ],
  'unknown key': [
    ['InvalidAccessKeyId', 403],
    ['InvalidClientTokenId', 403],
    ['UnrecognizedClientException', 400],
  ],
  'wrong token': [
    ['InvalidToken', 400],
    ['InvalidClientTokenId', 403],
    ['UnrecognizedClientException', 400],
  ],
  'expired token': [
    ['ExpiredToken', 400],
    ['ExpiredToken', 403],
    ['ExpiredTokenException', 400],
  ],
  mismatch: [
    ['SignatureDoesNotMatch', 403],
    ['SignatureDoesNotMatch', 403],
    ['InvalidSignatureException', 400],
  ],
  skewed: [
    ['RequestTimeTooSkewed', 403],
    ['SignatureDoesNotMatch', 403],
    ['InvalidSignatureException', 400],
  ],
  'expired URL': [
    ['AccessDenied', 403],
    ['SignatureDoesNotMatch', 403],
    ['InvalidSignatureException', 400],
  ],
  'headers not signed': [
    ['AccessDenied', 403],
    ['SignatureDoesNotMatch', 403],
    ['InvalidSignatureException', 400],
  ],
};

/** The refusal as AWS words it in a protocol. */
export function errorOf({ kind, message }: SignatureRefusal, dialect: Dialect): AwsError {
  const [s3, query, json] = answers[kind];
  const [code, status] = dialect === 's3' ? s3 : dialect === 'query' ? query : json;
  return new AwsError(code, message, dialect === 'rest-json' ? 403 : status);
}
