import { generateKeyPairSync } from 'node:crypto';
import { errors, importJWK, type JWK, jwtVerify, type JWTPayload, type KeyLike, SignJWT } from 'jose';
import type { Clock } from '../../../core/clock';
import { validation } from '../../../core/errors';
import { optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { Body } from '../../../core/service';
import type { Collection, Store } from '../../../core/store';
import type { AuthorizerRecord } from './records';

const algorithm = 'RS256';
const keyId = 'local';

/** What a token says, or why it does not count. */
export type Verdict =
  { readonly claims: JWTPayload; readonly scopes: readonly string[] } | { readonly refused: string };

/**
 * The issuer of test tokens: stands for whatever issuer an authorizer names, because none of them can be reached from a
 * laptop. Its key is made once and kept with the state; tokens of the real issuer are not accepted.
 */
export class Tokens {
  private readonly keys: Collection<JWK>;
  /** Keys that were read once; reading one costs as much as checking a token. */
  private readonly read = new Map<string, Promise<KeyLike>>();

  constructor(
    store: Store,
    private readonly clock: Clock,
  ) {
    this.keys = store.collection('apigatewayv2.token-keys');
  }

  /** `POST /_local/tokens`: `{issuer, audience, subject, scopes, lifetime}`; lifetime in seconds, negative for an expired one. */
  async issue(input: Body): Promise<Body> {
    const lifetime = optionalNumber(input, 'lifetime') ?? 3_600;
    if (!Number.isInteger(lifetime)) throw validation("'lifetime' must be whole seconds");
    const now = Math.floor(this.clock.now().getTime() / 1000);
    const scopes = textList(input, 'scopes');
    const token = await new SignJWT(scopes.length === 0 ? {} : { scope: scopes.join(' ') })
      .setProtectedHeader({ alg: algorithm, kid: keyId })
      .setIssuer(text(input, 'issuer'))
      .setAudience(text(input, 'audience'))
      .setSubject(optionalText(input, 'subject') ?? 'local-user')
      .setIssuedAt(now + Math.min(lifetime, 0))
      .setExpirationTime(now + lifetime)
      .sign(await this.key('private'));
    return { token };
  }

  /** @param header Authorization header. */
  async verify(header: string | undefined, { issuer, audience }: AuthorizerRecord): Promise<Verdict> {
    const [, token] = /^(?:Bearer +)?([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$/i.exec(header ?? '') ?? [];
    if (token === undefined) return { refused: 'there is no token' };
    try {
      const { payload } = await jwtVerify(token, await this.key('public'), {
        algorithms: [algorithm],
        issuer,
        audience: [...audience],
        currentDate: this.clock.now(),
        requiredClaims: ['exp'],
      });
      const scope: unknown = payload.scope ?? payload.scp;
      return { claims: payload, scopes: typeof scope === 'string' ? scope.split(' ') : [] };
    } catch (error) {
      if (error instanceof errors.JOSEError) return { refused: reasonOf(error) };
      throw error;
    }
  }

  private key(kind: 'private' | 'public'): Promise<KeyLike> {
    const before = this.read.get(kind);
    if (before !== undefined) return before;
    const known = this.keys.get(kind);
    if (known !== undefined) {
      const key = importJWK(known, algorithm) as Promise<KeyLike>;
      this.read.set(kind, key);
      return key;
    }
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.keys.put('private', privateKey.export({ format: 'jwk' }) as JWK);
    this.keys.put('public', publicKey.export({ format: 'jwk' }) as JWK);
    return this.key(kind);
  }
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the claim ${error.claim} is not what the API asks for`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the signature of the token is wrong';
  return 'the token is not valid';
}
