import { performance } from 'node:perf_hooks';
import { AwsError, messageOf, validation } from '../../../core/errors';
import { body, optionalNumber, optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body, Operation } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { imageOf } from '../runtime/jobs/image';
import { knownImage } from '../runtime/jobs/stand-in';
import { jobKinds } from '../runtime/jobs/job-kind';
import type { JobKind } from '../runtime/jobs/job-kind';
import { listPage } from './listing';
import type { Document } from './listing';
import type { StateEvents } from '../runtime/state-events';
import type { Tags } from './tags';

declare module '../../../core/trace' {
  interface TraceEvents {
    'job.started': { readonly kind: string; readonly name: string; readonly arn: string };
    'job.ended': {
      readonly kind: string;
      readonly name: string;
      readonly arn: string;
      readonly status: string;
      readonly failureReason?: string;
      readonly seconds: number;
    };
  }
}

/** Does the work of one job and answers the members of its Describe answer that the end brings. */
export type JobWork = (
  name: string,
  arn: string,
  request: Body,
  stop: AbortSignal,
  progress: (members: Document) => void,
) => Promise<Document>;

/** A job that was started. */
export interface StartedJob {
  readonly name: string;
  readonly arn: string;
  /** The job's document once it has ended, well or badly. Never rejects. */
  readonly ended: Promise<Document>;
}

const interrupted = 'InternalServerError: the local account was stopped while the job ran; start it again';

/** Processing, training, transform and tuning jobs: their requests, documents, events and life. */
export class Jobs {
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly documents: Readonly<Record<JobKind['id'], Collection<Document>>>;
  private readonly stops = new Map<string, AbortController>();
  private readonly running = new Map<string, Promise<Document>>();

  constructor(
    private readonly account: AccountParts,
    private readonly events: StateEvents,
    private readonly tags: Tags,
    private readonly work: Readonly<Record<JobKind['id'], JobWork>>,
  ) {
    const collection = (id: string): Collection<Document> => account.store.collection<Document>(`sagemaker.${id}-jobs`);
    this.documents = {
      processing: collection('processing'),
      training: collection('training'),
      transform: collection('transform'),
      tuning: collection('tuning'),
    };
    this.operations = Object.assign({}, ...Object.values(jobKinds).map((kind) => this.operationsOf(kind))) as Readonly<
      Record<string, Operation>
    >;
  }

  /** Fails what was running when the account went down. */
  failInterrupted(): void {
    for (const kind of Object.values(jobKinds)) {
      for (const [name, document] of this.documents[kind.id].entries()) {
        if (['InProgress', 'Stopping'].includes(String(document[`${kind.stem}Status`])))
          this.change(kind, name, {
            [`${kind.stem}Status`]: 'Failed',
            FailureReason: interrupted,
            [kind.endTime]: this.now(),
            ...(kind.id === 'training' ? { SecondaryStatus: 'Failed' } : {}),
          });
      }
    }
  }

  /** Starts a job; the work goes on after this returns. @throws AwsError ResourceInUse, ValidationException, UnsupportedByLocalAccount. */
  start(id: JobKind['id'], request: Body): StartedJob {
    const kind = jobKinds[id];
    const name = text(request, `${kind.stem}Name`);
    this.checkRequest(kind, name, request);
    const arn = this.account.arn('sagemaker', `${kind.resource}/${name}`);
    const { Tags: _tags, ...members } = request;
    const now = this.now();
    const document: Document = {
      ...members,
      [`${kind.stem}Arn`]: arn,
      [`${kind.stem}Status`]: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
      [kind.startTime]: now,
      ...(id === 'training'
        ? {
            SecondaryStatus: 'Training',
            SecondaryStatusTransitions: [
              { Status: 'Training', StartTime: now, StatusMessage: 'Training in the local account' },
            ],
          }
        : {}),
    };
    this.documents[id].put(name, document);
    this.tags.add(arn, request);
    this.account.trace.emit('job.started', { kind: id, name, arn });
    this.events.job(kind.words, arn, document);
    const ended = this.account.clock.track(this.run(kind, name, arn, request));
    this.running.set(`${id}/${name}`, ended);
    return { name, arn, ended };
  }

  /** A job's document. @throws AwsError in the service's words when there is none. */
  describe(id: JobKind['id'], name: string): Document {
    const document = this.documents[id].get(name);
    if (document !== undefined) return document;
    throw id === 'training' || id === 'tuning'
      ? new AwsError('ResourceNotFound', 'Requested resource not found.')
      : validation(`Could not find requested job with name: ${name}`);
  }

  /** A job's document once it has ended. Never rejects for a job that exists. */
  async ended(id: JobKind['id'], name: string): Promise<Document> {
    return (await this.running.get(`${id}/${name}`)) ?? this.describe(id, name);
  }

  /** Adds members to a document without a change of status. */
  amend(id: JobKind['id'], name: string, members: Document): void {
    this.documents[id].put(name, { ...this.describe(id, name), ...members });
  }

  list(id: JobKind['id']): readonly Document[] {
    return this.documents[id].values();
  }

  stop(id: JobKind['id'], name: string): void {
    const kind = jobKinds[id];
    const status = this.describe(id, name)[`${kind.stem}Status`];
    if (status !== 'InProgress')
      throw validation(
        `The request was rejected because the ${kind.words.toLowerCase()} is in status ${String(status)}.`,
      );
    this.change(kind, name, { [`${kind.stem}Status`]: 'Stopping' });
    this.stops.get(`${id}/${name}`)?.abort();
  }

  /** Ends every running job; for the end of the account. */
  stopAll(): void {
    for (const each of this.stops.values()) each.abort();
  }

  private async run(kind: JobKind, name: string, arn: string, request: Body): Promise<Document> {
    const stop = new AbortController();
    this.stops.set(`${kind.id}/${name}`, stop);
    const started = performance.now();
    let end: Document;
    try {
      end = await this.work[kind.id](name, arn, request, stop.signal, (members) => this.amend(kind.id, name, members));
    } catch (error) {
      end = { [`${kind.stem}Status`]: 'Failed', FailureReason: `InternalServerError: ${messageOf(error)}` };
    }
    this.stops.delete(`${kind.id}/${name}`);
    this.running.delete(`${kind.id}/${name}`);
    // Real time: during an advance of the clock no virtual time passes.
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    this.change(kind, name, { ...end, [kind.endTime]: this.now() });
    const document = this.describe(kind.id, name);
    const reason = optionalText(document, 'FailureReason');
    this.account.trace.emit('job.ended', {
      kind: kind.id,
      name,
      arn,
      status: String(document[`${kind.stem}Status`]),
      seconds,
      ...(reason === undefined ? {} : { failureReason: reason }),
    });
    return document;
  }

  private change(kind: JobKind, name: string, members: Document): void {
    const document: Document = { ...this.describe(kind.id, name), ...members, LastModifiedTime: this.now() };
    this.documents[kind.id].put(name, document);
    this.events.job(kind.words, String(document[`${kind.stem}Arn`]), document);
  }

  private checkRequest(kind: JobKind, name: string, request: Body): void {
    if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name) || name.replaceAll('-', '').length > kind.nameLength)
      throw validation(
        `'${name}' is not a valid ${kind.stem}Name: letters, digits and single hyphens inside, at most ${kind.nameLength} characters`,
      );
    if (this.documents[kind.id].get(name) !== undefined)
      throw new AwsError(
        'ResourceInUse',
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${this.account.arn('sagemaker', `${kind.resource}/${name}`)})`,
      );
    const image =
      optionalText(body(request, 'AppSpecification'), 'ImageUri') ??
      optionalText(body(request, 'AlgorithmSpecification'), 'TrainingImage');
    if (image !== undefined && kind.id === 'processing') knownImage(image, this.account.findPeer('images'));
    else if (image !== undefined) imageOf(image);
    const { MetricDefinitions: metrics } = body(request, 'AlgorithmSpecification');
    if (metrics !== undefined && /\/sagemaker-xgboost[:@]/.test(image ?? ''))
      throw validation(
        "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request without specifying metric definitions.",
      );
    const resources = body(request, kind.id === 'processing' ? 'ProcessingResources' : 'ResourceConfig');
    const instances =
      optionalNumber(kind.id === 'processing' ? body(resources, 'ClusterConfig') : resources, 'InstanceCount') ?? 1;
    if (instances > 20)
      throw new AwsError('ResourceLimitExceeded', `a job has 20 instances at most; InstanceCount is ${instances}`);
    if (instances > 1 && kind.id === 'training')
      throw validation(`the local account trains on one instance; InstanceCount is ${instances}`);
  }

  private operationsOf(kind: JobKind): Readonly<Record<string, Operation>> {
    const { id, stem } = kind;
    return {
      [`Create${stem}`]: (input) => ({ [`${stem}Arn`]: this.start(id, input).arn }),
      [`Describe${stem}`]: (input) => this.describe(id, text(input, `${stem}Name`)),
      [`List${stem}s`]: (input) =>
        listPage(this.list(id), input, { name: `${stem}Name`, status: `${stem}Status`, list: `${stem}Summaries` }),
      [`Stop${stem}`]: (input) => this.stop(id, text(input, `${stem}Name`)),
    };
  }

  private now(): string {
    return this.account.clock.now().toISOString();
  }
}
