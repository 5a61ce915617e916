import { validation } from '../../../../core/errors';
import { optionalText } from '../../../../core/input';
import type { AccountParts } from '../../../../core/module';
import type { Body } from '../../../../core/service';
import type { Collection } from '../../../../core/store';
import type { StateEvents } from '../state-events';
import type { EndpointDocument } from './endpoint-document';

declare module '../../../../core/trace' {
  interface TraceEvents {
    'endpoint.status': {
      readonly endpoint: string;
      readonly config: string;
      readonly status: string;
      readonly reason?: string;
    };
  }
}

const inProgress = ['Creating', 'Updating', 'RollingBack', 'SystemUpdating', 'Deleting'];

/** Whether an endpoint has a change under way. */
export const isChanging = (document: EndpointDocument): boolean => inProgress.includes(document.EndpointStatus);

/** What is known of every endpoint; every change of status is an event and a trace record. */
export class EndpointDocuments {
  private readonly documents: Collection<EndpointDocument>;
  private readonly watchers = new Map<string, ((document: EndpointDocument) => void)[]>();

  constructor(
    private readonly account: AccountParts,
    private readonly events: StateEvents,
  ) {
    this.documents = account.store.collection('sagemaker.endpoints');
  }

  /** @throws ValidationException in the service's words when there is none. */
  get(name: string): EndpointDocument {
    const found = this.documents.get(name);
    if (found === undefined) throw validation(`Could not find endpoint "${this.arn(name)}".`);
    return found;
  }

  find(name: string): EndpointDocument | undefined {
    return this.documents.get(name);
  }

  values(): readonly EndpointDocument[] {
    return this.documents.values();
  }

  add(document: EndpointDocument): void {
    this.documents.put(document.EndpointName, document);
    this.announce(document);
  }

  remove(name: string): void {
    const document = this.get(name);
    this.announce({ ...document, EndpointStatus: 'Deleting' });
    this.documents.delete(name);
  }

  /** Changes members and tells everybody. A member that is undefined goes away. */
  change(name: string, members: Body): void {
    const document = { ...this.get(name), ...members, LastModifiedTime: this.now() } as EndpointDocument;
    this.documents.put(name, document);
    this.announce(document);
    if (document['PendingDeploymentSummary'] !== undefined) this.events.deployment(document);
    if (isChanging(document)) return;
    const watchers = this.watchers.get(name) ?? [];
    this.watchers.delete(name);
    for (const each of watchers) each(document);
  }

  /** Shows how far a deployment is; the endpoint's own status stays. */
  deploying(name: string, summary: Body): void {
    const document: EndpointDocument = {
      ...this.get(name),
      PendingDeploymentSummary: summary,
      LastModifiedTime: this.now(),
    };
    this.documents.put(name, document);
    this.events.deployment(document);
  }

  /** Calls back once the endpoint has no change under way; at once when it has none. */
  onSettled(name: string, callback: (document: EndpointDocument) => void): void {
    const document = this.get(name);
    if (!isChanging(document)) callback(document);
    else this.watchers.set(name, [...(this.watchers.get(name) ?? []), callback]);
  }

  arn(name: string): string {
    return this.account.arn('sagemaker', `endpoint/${name}`);
  }

  now(): string {
    return this.account.clock.now().toISOString();
  }

  private announce(document: EndpointDocument): void {
    const reason = optionalText(document, 'FailureReason');
    this.account.trace.emit('endpoint.status', {
      endpoint: document.EndpointName,
      config: document.EndpointConfigName,
      status: document.EndpointStatus,
      ...(reason === undefined ? {} : { reason }),
    });
    this.events.endpoint(document);
  }
}
