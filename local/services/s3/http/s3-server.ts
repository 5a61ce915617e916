import { AwsError, Unsupported } from '../../../core/errors';
import { bodies, optionalText, text } from '../../../core/input';
import type { AccessControl } from '../../../core/module';
import type { Call, Permission } from '../../../core/service';
import type { Store } from '../../../core/store';
import type { Trace } from '../../../core/trace';
import type { RawService } from '../../../server/account-server';
import type { Dispatcher } from '../../../server/dispatcher';
import { type Exchange, readBody, send } from '../../../server/exchange';
import type { FileObjectStore } from '../file-object-store';
import { listObjects, listObjectsV2, listObjectVersions } from './listing';
import { Multipart, parseXml } from './multipart';
import { copyObject, copySource, getObject, getObjectAttributes, putObject } from './objects';
import { errorDocument, type S3Reply, type S3Request, s3RequestOf, xmlDocument } from './request';
import { deleteSetting, getSetting, putSetting, settings } from './settings';

/** One S3 operation: its permissions, and what it does. `undefined` means that it wrote the response itself. */
interface S3Operation {
  readonly name: string;
  readonly actions: readonly Permission[];
  readonly run: () => Promise<S3Reply | undefined | void> | S3Reply | undefined | void;
}

const subResources = [
  ...Object.keys(settings),
  'versioning',
  'notification',
  'location',
  'policy',
  'tagging',
  'attributes',
  'retention',
  'legal-hold',
  'torrent',
  'restore',
  'select',
  'analytics',
  'inventory',
  'metrics',
  'intelligent-tiering',
  'session',
  'metadataTable',
  'metadataConfiguration',
  'abac',
  'renameObject',
  'encryption',
];
const extraSettings = ['versioning', 'notification', 'location', 'policy'];
const settingNames: Readonly<Record<string, readonly [operation: string, action: string]>> = {
  versioning: ['BucketVersioning', 'BucketVersioning'],
  notification: ['BucketNotificationConfiguration', 'BucketNotification'],
  location: ['BucketLocation', 'BucketLocation'],
  policy: ['BucketPolicy', 'BucketPolicy'],
};

/** S3 over HTTP: path style, and virtual-hosted style below localhost. */
export class S3Server implements RawService {
  readonly signingName = 's3';
  readonly multipart: Multipart;

  constructor(
    private readonly store: FileObjectStore,
    private readonly parts: {
      readonly documents: Store;
      readonly now: () => Date;
      readonly iam: AccessControl;
      readonly trace: Trace;
      readonly dispatcher: () => Dispatcher;
    },
  ) {
    this.multipart = new Multipart(store, parts.documents, parts.now);
  }

  async handle(exchange: Exchange, call: Call): Promise<void> {
    exchange.response.setHeader('x-amz-request-id', exchange.requestId);
    exchange.response.setHeader('x-amz-id-2', 'local');
    let name = `${exchange.method} ${exchange.path}`;
    try {
      const request = s3RequestOf(exchange, call);
      const operation = this.operationOf(request);
      name = operation?.name ?? name;
      const work = async (): Promise<S3Reply | undefined | void> => {
        if (operation === undefined) throw this.unsupported(request);
        this.parts.iam.authorize(
          call.principal,
          operation.actions.map((each) => this.withBucketPolicy(each)),
        );
        return operation.run();
      };
      const reply = await this.parts.dispatcher().handle({ signingName: 's3', operation: name, call }, work);
      if (reply !== undefined) this.reply(exchange, reply);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const known = error.code === 'AccessDeniedException' ? new AwsError('AccessDenied', error.message, 403) : error;
      exchange.request.resume();
      send(exchange, {
        status: known.status,
        headers: { 'content-type': 'application/xml' },
        body: errorDocument(known, exchange),
      });
    }
  }

  private reply(exchange: Exchange, reply: S3Reply): void {
    const body = reply.xml === undefined ? (reply.text ?? '') : xmlDocument(reply.xml);
    const type: Record<string, string> = body === '' ? {} : { 'content-type': 'application/xml' };
    send(exchange, { status: reply.status ?? 200, headers: { ...type, ...reply.headers }, body });
  }

  private operationOf(request: S3Request): S3Operation | undefined {
    if (request.bucket === '')
      return request.exchange.method === 'GET'
        ? {
            name: 'ListBuckets',
            actions: [{ action: 's3:ListAllMyBuckets', resource: '*' }],
            run: () => this.listBuckets(),
          }
        : undefined;
    return request.key === '' ? this.bucketOperation(request) : this.objectOperation(request);
  }

  private bucketOperation(request: S3Request): S3Operation | undefined {
    const { method, query } = request.exchange;
    const { store } = this;
    const on = (name: string, action: string, run: S3Operation['run']): S3Operation => ({
      name,
      actions: [{ action: `s3:${action}`, resource: bucketArn(request.bucket) }],
      run,
    });
    const listing = (name: string, action: string, run: S3Operation['run']): S3Operation => ({
      name,
      actions: [
        {
          action: `s3:${action}`,
          resource: bucketArn(request.bucket),
          context: { 's3:prefix': query.get('prefix') ?? '', 's3:delimiter': query.get('delimiter') ?? '' },
        },
      ],
      run,
    });
    if (method === 'POST' && query.has('delete'))
      return { name: 'DeleteObjects', actions: [], run: () => this.deleteObjects(request) };
    if (method === 'GET' && query.has('uploads'))
      return on('ListMultipartUploads', 'ListBucketMultipartUploads', () => this.multipart.listUploads(request));
    if (method === 'GET' && query.has('versions'))
      return listing('ListObjectVersions', 'ListBucketVersions', () => listObjectVersions(store, request));
    const sub = subResources.find((name) => query.has(name));
    if (sub !== undefined) return this.settingOperation(request, sub);
    if (method === 'GET')
      return query.get('list-type') === '2'
        ? listing('ListObjectsV2', 'ListBucket', () => listObjectsV2(store, request))
        : listing('ListObjects', 'ListBucket', () => listObjects(store, request));
    if (method === 'HEAD') return on('HeadBucket', 'ListBucket', () => this.headBucket(request.bucket));
    if (method === 'PUT') return on('CreateBucket', 'CreateBucket', () => this.createBucket(request));
    if (method === 'DELETE') return on('DeleteBucket', 'DeleteBucket', () => this.deleteBucket(request.bucket));
    return undefined;
  }

  private settingOperation(request: S3Request, name: string): S3Operation | undefined {
    const names =
      settingNames[name] ??
      (settings[name] === undefined ? undefined : [settings[name].operation, settings[name].action]);
    if (names === undefined) return undefined;
    const [operation, action] = names;
    const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[request.exchange.method];
    if (verb === undefined) return undefined;
    const actions = [
      {
        action: `s3:${verb === 'Delete' && name !== 'policy' ? 'Put' : verb}${action}`,
        resource: bucketArn(request.bucket),
      },
    ];
    const run: Readonly<Record<string, S3Operation['run']>> = {
      Get: () => getSetting(this.store.bucket(request.bucket), name),
      Put: () => putSetting(this.store, request, name),
      Delete: () => deleteSetting(this.store, this.store.bucket(request.bucket), name),
    };
    if (verb === 'Delete' && extraSettings.includes(name) && name !== 'policy') return undefined;
    return { name: `${verb}${operation}`, actions, run: run[verb] ?? (() => ({})) };
  }

  private objectOperation(request: S3Request): S3Operation | undefined {
    const { method, query, headers } = request.exchange;
    const { store } = this;
    const suffix = query.has('versionId') ? 'Version' : '';
    const on = (name: string, action: string, run: S3Operation['run']): S3Operation => ({
      name,
      actions: [{ action: `s3:${action}`, resource: objectArn(request) }],
      run,
    });
    const source = headers['x-amz-copy-source'];
    const copying = (name: string, run: S3Operation['run']): S3Operation => ({
      name,
      actions: [
        { action: 's3:GetObject', resource: objectArn(copySource(source ?? '')) },
        { action: 's3:PutObject', resource: objectArn(request) },
      ],
      run,
    });
    if (query.has('uploadId')) {
      if (method === 'PUT')
        return source === undefined
          ? on('UploadPart', 'PutObject', () => this.multipart.putPart(request))
          : copying('UploadPartCopy', () => this.multipart.putPart(request));
      if (method === 'POST') return on('CompleteMultipartUpload', 'PutObject', () => this.multipart.complete(request));
      if (method === 'DELETE')
        return on('AbortMultipartUpload', 'AbortMultipartUpload', () => this.multipart.abort(request));
      return method === 'GET'
        ? on('ListParts', 'ListMultipartUploadParts', () => this.multipart.listParts(request))
        : undefined;
    }
    if (method === 'POST' && query.has('uploads'))
      return on('CreateMultipartUpload', 'PutObject', () => this.multipart.create(request));
    if (query.has('tagging')) return this.taggingOperation(request);
    if (query.has('attributes') && method === 'GET')
      return on('GetObjectAttributes', `GetObject${suffix}`, () => getObjectAttributes(store, request));
    if (query.has('acl') && method === 'GET')
      return on(
        'GetObjectAcl',
        `GetObject${suffix}Acl`,
        () => (store.existing(request.bucket, request.key), getSetting(store.bucket(request.bucket), 'acl')),
      );
    if (subResources.some((name) => query.has(name))) return undefined;
    if (method === 'GET') return on('GetObject', `GetObject${suffix}`, () => getObject(store, request));
    if (method === 'HEAD') return on('HeadObject', `GetObject${suffix}`, () => getObject(store, request));
    if (method === 'PUT')
      return source === undefined
        ? on('PutObject', 'PutObject', () => putObject(store, request))
        : copying('CopyObject', () => copyObject(store, request));
    if (method === 'DELETE') return on('DeleteObject', `DeleteObject${suffix}`, () => this.deleteObject(request));
    return undefined;
  }

  private taggingOperation(request: S3Request): S3Operation | undefined {
    const { store } = this;
    const on = (verb: string, run: S3Operation['run']): S3Operation => ({
      name: `${verb}ObjectTagging`,
      actions: [{ action: `s3:${verb}ObjectTagging`, resource: objectArn(request) }],
      run,
    });
    const version = () =>
      store.existing(request.bucket, request.key, request.exchange.query.get('versionId') ?? undefined);
    const { method } = request.exchange;
    if (method === 'GET')
      return on('Get', () => ({
        xml: [
          'Tagging',
          { TagSet: { Tag: Object.entries(version().tags ?? {}).map(([Key, Value]) => ({ Key, Value })) } },
        ],
      }));
    if (method === 'DELETE')
      return on(
        'Delete',
        () => (store.amend(request.bucket, request.key, { ...version(), tags: {} }), { status: 204 }),
      );
    if (method !== 'PUT') return undefined;
    return on('Put', async () => {
      const body = parseXml(await readBody(request.exchange), ['Tag'], 'Tagging');
      const tags = bodies((body.TagSet ?? {}) as Readonly<Record<string, unknown>>, 'Tag');
      store.amend(request.bucket, request.key, {
        ...version(),
        tags: Object.fromEntries(tags.map((tag) => [text(tag, 'Key'), optionalText(tag, 'Value') ?? ''])),
      });
      return {};
    });
  }

  private listBuckets(): S3Reply {
    const buckets = this.store.buckets().map(({ name, created }) => ({ Name: name, CreationDate: created }));
    return {
      xml: ['ListAllMyBucketsResult', { Owner: { ID: 'local', DisplayName: 'local' }, Buckets: { Bucket: buckets } }],
    };
  }

  private headBucket(name: string): S3Reply {
    this.store.bucket(name);
    return { headers: { 'x-amz-bucket-region': 'us-east-1', 'x-amz-access-point-alias': 'false' } };
  }

  private async createBucket(request: S3Request): Promise<S3Reply> {
    await readBody(request.exchange, 64 * 1024);
    this.store.createBucket(request.bucket);
    return { headers: { location: `/${request.bucket}` } };
  }

  private deleteBucket(name: string): S3Reply {
    this.store.deleteBucket(name);
    return { status: 204 };
  }

  private deleteObject(request: S3Request): S3Reply {
    const done = this.store.deleteVersion(
      request.bucket,
      request.key,
      request.exchange.query.get('versionId') ?? undefined,
    );
    return {
      status: 204,
      headers: {
        ...(done.versionId === undefined ? {} : { 'x-amz-version-id': done.versionId }),
        ...(done.deleteMarker === true ? { 'x-amz-delete-marker': 'true' } : {}),
      },
    };
  }

  private async deleteObjects(request: S3Request): Promise<S3Reply> {
    const body = parseXml(await readBody(request.exchange), ['Object'], 'Delete');
    const targets = bodies(body, 'Object').map((each) => ({
      key: text(each, 'Key'),
      versionId: optionalText(each, 'VersionId'),
    }));
    if (targets.length === 0 || targets.length > 1000)
      throw new AwsError('MalformedXML', 'a DeleteObjects request names 1 to 1000 objects');
    this.store.bucket(request.bucket);
    const deleted: Readonly<Record<string, unknown>>[] = [];
    const failed: Readonly<Record<string, unknown>>[] = [];
    for (const { key, versionId } of targets) {
      try {
        this.parts.iam.authorize(request.call.principal, [
          this.withBucketPolicy({
            action: versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
            resource: objectArn({ bucket: request.bucket, key }),
          }),
        ]);
        const done = this.store.deleteVersion(request.bucket, key, versionId);
        deleted.push({
          Key: key,
          VersionId: versionId,
          DeleteMarker: done.deleteMarker,
          DeleteMarkerVersionId: done.deleteMarker === true ? done.versionId : undefined,
        });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        failed.push({
          Key: key,
          Code: error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code,
          Message: error.message,
        });
      }
    }
    return { xml: ['DeleteResult', { Deleted: optionalText(body, 'Quiet') === 'true' ? [] : deleted, Error: failed }] };
  }

  private withBucketPolicy(permission: Permission): Permission {
    const bucket = /^arn:aws:s3:::([^/]+)/.exec(permission.resource)?.[1];
    const policy = bucket !== undefined && this.store.hasBucket(bucket) ? this.store.bucket(bucket).policy : undefined;
    return policy === undefined ? permission : { ...permission, resourcePolicy: policy };
  }

  private unsupported({ exchange, key }: S3Request): Unsupported {
    const sub = subResources.find((name) => exchange.query.has(name)) ?? [...exchange.query.keys()][0];
    const what = `${exchange.method} of ${key === '' ? 'a bucket' : 'an object'}${sub === undefined ? '' : ` with ?${sub}`}`;
    this.parts.trace.emit('api.unsupported', { service: 's3', operation: what });
    return new Unsupported(`the S3 request ${what}`);
  }
}

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
const objectArn = ({ bucket, key }: { readonly bucket: string; readonly key: string }): string =>
  `arn:aws:s3:::${bucket}/${key}`;
