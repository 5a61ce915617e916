import { AwsError } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import type { ApiRecord, AuthorizerRecord, Deployed, IntegrationRecord, RouteRecord, StageRecord } from './records';

/** Stored HTTP APIs with their parts. */
export class Apis {
  readonly apis: Collection<ApiRecord>;
  readonly stages: Collection<StageRecord>;
  readonly routes: Collection<RouteRecord>;
  readonly integrations: Collection<IntegrationRecord>;
  readonly authorizers: Collection<AuthorizerRecord>;
  private readonly gathered = new Map<string, Deployed>();

  constructor(private readonly account: AccountParts) {
    const { store } = account;
    this.apis = this.watched(store.collection('apigatewayv2.apis'));
    this.stages = this.watched(store.collection('apigatewayv2.stages'));
    this.routes = this.watched(store.collection('apigatewayv2.routes'));
    this.integrations = this.watched(store.collection('apigatewayv2.integrations'));
    this.authorizers = this.watched(store.collection('apigatewayv2.authorizers'));
  }

  /** Ten characters, as API Gateway's ids have. */
  newId(): string {
    return this.account.newId().replaceAll('-', '').slice(0, 10);
  }

  /** The URL under which the account answers for an API. */
  endpoint(apiId: string): string {
    return `${this.account.endpointUrl()}${pathPrefix}${apiId}`;
  }

  /** @throws AwsError NotFoundException. */
  api(id: string): ApiRecord {
    const api = this.apis.get(id);
    if (api === undefined) throw new AwsError('NotFoundException', `Invalid API identifier specified ${id}`, 404);
    return api;
  }

  find(id: string): Deployed | undefined {
    const api = this.apis.get(id);
    if (api === undefined) return undefined;
    const known = this.gathered.get(id);
    if (known !== undefined) return known;
    const of = <T extends { readonly apiId: string }>(all: Collection<T>): readonly T[] =>
      all.values().filter((each) => each.apiId === id);
    const found: Deployed = {
      api,
      stages: of(this.stages),
      routes: of(this.routes),
      integrations: of(this.integrations),
      authorizers: of(this.authorizers),
    };
    this.gathered.set(id, found);
    return found;
  }

  /** Removes an API with all its parts. */
  delete(id: string): void {
    for (const parts of [this.stages, this.routes, this.integrations, this.authorizers])
      for (const [key, part] of parts.entries()) if (part.apiId === id) parts.delete(key);
    this.apis.delete(id);
  }

  /** Every change makes {@link find} look again. */
  private watched<T>(collection: Collection<T>): Collection<T> {
    return {
      ...collection,
      put: (id, value) => {
        this.gathered.clear();
        collection.put(id, value);
      },
      delete: (id) => {
        this.gathered.clear();
        return collection.delete(id);
      },
    };
  }
}

/** The account serves an API below this path and its id. */
export const pathPrefix = '/_aws/execute-api/';
