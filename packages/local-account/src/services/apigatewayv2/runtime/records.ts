/** What an API answers browsers of other origins. */
export interface CorsSettings {
  readonly AllowCredentials?: boolean;
  readonly AllowHeaders: readonly string[];
  readonly AllowMethods: readonly string[];
  readonly AllowOrigins: readonly string[];
  readonly ExposeHeaders: readonly string[];
  /** Seconds. */
  readonly MaxAge?: number;
}

export interface ApiRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly cors?: CorsSettings;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly created: number;
}

export interface StageRecord {
  readonly apiId: string;
  readonly name: string;
  /** Requests per second and burst; no limit when absent. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  readonly detailedMetrics: boolean;
  readonly accessLog?: { readonly group: string; readonly format: string };
  readonly variables: Readonly<Record<string, string>>;
}

export type RouteAuthorization = 'NONE' | 'AWS_IAM' | 'JWT';

export interface RouteRecord {
  readonly id: string;
  readonly apiId: string;
  /** `POST /predict`, `ANY /{proxy+}` or `$default`. */
  readonly key: string;
  readonly authorization: RouteAuthorization;
  readonly authorizerId?: string;
  readonly scopes: readonly string[];
  readonly integrationId: string;
}

export interface IntegrationRecord {
  readonly id: string;
  readonly apiId: string;
  readonly functionArn: string;
  /** Milliseconds of real time. */
  readonly timeout: number;
}

export interface AuthorizerRecord {
  readonly id: string;
  readonly apiId: string;
  readonly name: string;
  readonly issuer: string;
  readonly audience: readonly string[];
}

/** Everything of one API that a request needs. */
export interface Deployed {
  readonly api: ApiRecord;
  readonly stages: readonly StageRecord[];
  readonly routes: readonly RouteRecord[];
  readonly integrations: readonly IntegrationRecord[];
  readonly authorizers: readonly AuthorizerRecord[];
}
