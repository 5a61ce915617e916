/** What API Gateway hands to the function: payload format 2.0, as far as it is read here. */
export interface HttpEvent {
  readonly rawPath: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly requestId: string;
    /** Epoch milliseconds. */
    readonly timeEpoch: number;
    readonly http: { readonly method: string };
    readonly stage?: string;
  };
}

/** What the function hands back. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A header by its name in lower case. */
export function header({ headers = {} }: HttpEvent, name: string): string | undefined {
  return headers[name];
}

export function json(statusCode: number, content: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    statusCode,
    // Answers are about a person: no proxy and no browser may keep them.
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(content),
  };
}
