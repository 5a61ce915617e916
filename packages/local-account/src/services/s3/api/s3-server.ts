import { AwsError, Unsupported } from '../../../core/errors';
import type { AccessControl } from '../../../core/module';
import type { Call } from '../../../core/service';
import type { Store } from '../../../core/store';
import type { Trace } from '../../../core/trace';
import type { RawService } from '../../../server/account-server';
import type { Dispatcher } from '../../../server/dispatcher';
import { type Exchange, send } from '../../../server/exchange';
import type { FileObjectStore } from '../runtime/file-object-store';
import { bucketOperation } from './bucket-operations';
import { Multipart } from './multipart';
import { objectOperation } from './object-operations';
import type { S3Operation } from './operation';
import { errorDocument, type S3Reply, type S3Request, s3RequestOf, xmlDocument } from './request';

export interface S3ServerParts {
  readonly documents: Store;
  readonly now: () => Date;
  readonly iam: AccessControl;
  readonly trace: Trace;
  readonly dispatcher: () => Dispatcher;
}

/** S3 over HTTP: path style, and virtual-hosted style below localhost. */
export class S3Server implements RawService {
  readonly signingName = 's3';
  readonly multipart: Multipart;

  constructor(
    private readonly store: FileObjectStore,
    private readonly parts: S3ServerParts,
  ) {
    this.multipart = new Multipart(store, parts.documents, parts.now);
  }

  async handle(exchange: Exchange, call: Call): Promise<void> {
    identify(exchange);
    try {
      const request = s3RequestOf(exchange, call);
      const operation = this.operationOf(request);
      const name = operation?.name ?? `${exchange.method} ${exchange.path}`;
      const reply = await this.parts
        .dispatcher()
        .handle({ signingName: 's3', operation: name, call }, () => this.run(request, operation));
      if (reply !== undefined) this.reply(exchange, reply);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.refuse(
        exchange,
        error.code === 'AccessDeniedException' ? new AwsError('AccessDenied', error.message, 403) : error,
      );
    }
  }

  private run(request: S3Request, operation: S3Operation | undefined): ReturnType<S3Operation['run']> {
    if (operation === undefined) throw this.unsupported(request);
    this.parts.iam.authorize(request.call.principal, operation.permissions);
    return operation.run();
  }

  private operationOf(request: S3Request): S3Operation | undefined {
    const { iam } = this.parts;
    const parts = {
      store: this.store,
      multipart: this.multipart,
      authorize: (permissions: S3Operation['permissions']) => iam.authorize(request.call.principal, permissions),
    };
    if (request.bucket !== '')
      return request.key === '' ? bucketOperation(parts, request) : objectOperation(parts, request);
    if (request.exchange.method !== 'GET') return undefined;
    return {
      name: 'ListBuckets',
      permissions: [{ action: 's3:ListAllMyBuckets', resource: '*' }],
      run: () => this.listBuckets(),
    };
  }

  private listBuckets(): S3Reply {
    const buckets = this.store.buckets.all().map(({ name, created }) => ({ Name: name, CreationDate: created }));
    return {
      xml: ['ListAllMyBucketsResult', { Owner: { ID: 'local', DisplayName: 'local' }, Buckets: { Bucket: buckets } }],
    };
  }

  private reply(exchange: Exchange, reply: S3Reply): void {
    const body = reply.xml === undefined ? (reply.text ?? '') : xmlDocument(reply.xml);
    const type: Record<string, string> = body === '' ? {} : { 'content-type': 'application/xml' };
    send(exchange, { status: reply.status ?? 200, headers: { ...type, ...reply.headers }, body });
  }

  refuse(exchange: Exchange, error: AwsError): void {
    identify(exchange);
    exchange.request.resume();
    send(exchange, {
      status: error.status,
      headers: { 'content-type': 'application/xml' },
      body: errorDocument(error, exchange),
    });
  }

  private unsupported({ exchange, key }: S3Request): Unsupported {
    const names = [...exchange.query.keys()].filter((name) => name !== 'x-id');
    const what = `${exchange.method} of ${key === '' ? 'a bucket' : 'an object'}${names.length === 0 ? '' : ` with ?${names.join('&')}`}`;
    this.parts.trace.emit('api.unsupported', { service: 's3', operation: what });
    return new Unsupported(`the S3 request ${what}`);
  }
}

function identify({ response, requestId }: Exchange): void {
  if (response.headersSent) return;
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('x-amz-id-2', 'local');
}
