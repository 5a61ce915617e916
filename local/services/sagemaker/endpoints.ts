import { messageOf, validation } from '../../core/errors';
import { bodies, body, optionalNumber, optionalText, text } from '../../core/input';
import type { Body, Operation } from '../../core/service';
import type { Collection } from '../../core/store';
import { deploymentPlan } from '../../serving/deployment-plan';
import { captureSummary, instancesOf, variantSummaries } from '../../serving/endpoint-document';
import type { EndpointDocument, Retained } from '../../serving/endpoint-document';
import { EndpointRuntime } from '../../serving/endpoint-runtime';
import type { InvokeAnswer, InvokeRequest } from '../../serving/endpoint-runtime';
import { Fleet } from '../../serving/fleet';
import { modelSource } from '../../serving/model-server';
import type { ModelSource } from '../../serving/model-server';
import { TrafficShift } from '../../serving/traffic-shift';
import type { JobParts } from '../../steps/jobs/job';
import { shorten } from '../../steps/jobs/job';
import type { EndpointConfigs } from './endpoint-configs';
import { listPage } from './listing';
import { checkName } from './models';
import type { Models } from './models';
import type { StateEvents } from './state-events';
import type { Tags } from './tags';

declare module '../../core/trace' {
  interface TraceEvents {
    'endpoint.status': {
      readonly endpoint: string;
      readonly config: string;
      readonly status: string;
      readonly reason?: string;
    };
    'endpoint.traffic': {
      readonly endpoint: string;
      readonly from: string;
      readonly to: string;
      readonly share: number;
      readonly bakeSeconds: number;
    };
  }
}

export interface EndpointParts extends JobParts {
  readonly configs: EndpointConfigs;
  readonly models: Models;
  readonly events: StateEvents;
  readonly tags: Tags;
  readonly packageOf: (arn: string) => Body;
}

const inProgress = ['Creating', 'Updating', 'RollingBack', 'SystemUpdating', 'Deleting'];

/** Endpoints: real processes that serve, updated blue/green or in batches, rolled back by alarms. */
export class Endpoints {
  readonly operations: Readonly<Record<string, Operation>> = {
    CreateEndpoint: (input) => this.create(input),
    UpdateEndpoint: (input) => this.update(input),
    UpdateEndpointWeightsAndCapacities: (input) => this.reweigh(input),
    DeleteEndpoint: (input) => this.delete(text(input, 'EndpointName')),
    DescribeEndpoint: (input) => this.get(text(input, 'EndpointName')),
    ListEndpoints: (input) =>
      listPage(this.endpoints.values(), input, { name: 'EndpointName', status: 'EndpointStatus', list: 'Endpoints' }),
  };
  private readonly endpoints: Collection<EndpointDocument>;
  private readonly runtimes = new Map<string, EndpointRuntime>();
  private readonly shifts = new Map<string, TrafficShift>();
  private readonly watchers = new Map<string, ((document: EndpointDocument) => void)[]>();

  constructor(private readonly parts: EndpointParts) {
    this.endpoints = parts.account.store.collection('sagemaker.endpoints');
  }

  /** @throws ValidationException in the service's words when there is none. */
  get(name: string): EndpointDocument {
    const found = this.endpoints.get(name);
    if (found === undefined) throw validation(`Could not find endpoint "${this.arn(name)}".`);
    return found;
  }

  find(name: string): EndpointDocument | undefined {
    return this.endpoints.get(name);
  }

  /** Role of the first variant's model. */
  roleOf(name: string): string {
    const config = this.parts.configs.get(this.get(name).EndpointConfigName);
    return this.source(text(bodies(config, 'ProductionVariants')[0] ?? {}, 'ModelName')).roleArn;
  }

  /** Takes up what a restart interrupted. Endpoints that served start their processes with the first request. */
  resume(): void {
    for (const document of this.endpoints.values()) {
      const { EndpointName: name, EndpointStatus: status, update } = document;
      if (status === 'Creating') void this.parts.account.clock.track(this.bringUp(name));
      if (status === 'Updating' && update !== undefined) void this.parts.account.clock.track(this.roll(name, update));
      if (status === 'RollingBack') this.change(name, { EndpointStatus: 'InService' });
      if (status === 'Deleting') this.endpoints.delete(name);
    }
  }

  /** One inference. @throws AwsError ValidationError, ModelError. */
  invoke(name: string, request: InvokeRequest): Promise<InvokeAnswer> {
    const document = this.get(name);
    const weights = new Map(
      bodies(document, 'ProductionVariants').map((each) => [
        text(each, 'VariantName'),
        Number(each['CurrentWeight'] ?? 1),
      ]),
    );
    return this.runtime(document).invoke(request, weights);
  }

  /** Calls back once the endpoint has no change under way; at once when it has none. */
  onSettled(name: string, callback: (document: EndpointDocument) => void): void {
    const document = this.get(name);
    if (!inProgress.includes(document.EndpointStatus)) callback(document);
    else this.watchers.set(name, [...(this.watchers.get(name) ?? []), callback]);
  }

  async stopAll(): Promise<void> {
    for (const each of this.shifts.values()) each.abandon();
    await Promise.all([...this.runtimes.values()].map((each) => each.stop()));
  }

  private create(input: Body): Body {
    const name = text(input, 'EndpointName');
    checkName('EndpointName', name);
    if (this.endpoints.get(name) !== undefined)
      throw validation(`Cannot create already existing endpoint "${this.arn(name)}".`);
    const config = this.parts.configs.get(text(input, 'EndpointConfigName'));
    const now = this.now();
    if (input['DeploymentConfig'] !== undefined)
      deploymentPlan(body(input, 'DeploymentConfig'), instancesOf(this.summaries(config, 'ProductionVariants')));
    const document: EndpointDocument = {
      EndpointName: name,
      EndpointArn: this.arn(name),
      EndpointConfigName: text(input, 'EndpointConfigName'),
      EndpointStatus: 'Creating',
      CreationTime: now,
      LastModifiedTime: now,
      ...this.members(config),
    };
    this.endpoints.put(name, document);
    this.tags.add(this.arn(name), input);
    this.announce(document);
    void this.parts.account.clock.track(this.bringUp(name));
    return { EndpointArn: document.EndpointArn };
  }

  private update(input: Body): Body {
    const name = text(input, 'EndpointName');
    const document = this.get(name);
    if (inProgress.includes(document.EndpointStatus))
      throw validation(`Cannot update in-progress endpoint "${this.arn(name)}".`);
    if (document.EndpointStatus === 'Failed')
      throw validation(`Endpoint "${this.arn(name)}" is Failed: it can only be deleted.`);
    const config = this.parts.configs.get(text(input, 'EndpointConfigName'));
    const retainsDeployment = input['RetainDeploymentConfig'] === true && input['DeploymentConfig'] === undefined;
    const deployment = retainsDeployment ? body(document, 'LastDeploymentConfig') : body(input, 'DeploymentConfig');
    const old = bodies(document, 'ProductionVariants').map((each) => text(each, 'VariantName'));
    const fresh = bodies(config, 'ProductionVariants').map((each) => text(each, 'VariantName'));
    if (Object.keys(deployment).length > 0 && old.join() !== fresh.join())
      throw validation(
        `A deployment with guardrails keeps the variant names; the endpoint has ${old.join(', ')}, the configuration ${fresh.join(', ')}`,
      );
    deploymentPlan(deployment, instancesOf(this.summaries(config, 'ProductionVariants')));
    const update = {
      ...input,
      ...(Object.keys(deployment).length === 0 ? {} : { DeploymentConfig: deployment }),
      StartTime: this.now(),
    };
    this.change(name, {
      EndpointStatus: 'Updating',
      update,
      FailureReason: undefined,
      PendingDeploymentSummary: this.pending(config, 'Creating'),
    });
    void this.parts.account.clock.track(this.roll(name, update));
    return { EndpointArn: document.EndpointArn };
  }

  private reweigh(input: Body): Body {
    const name = text(input, 'EndpointName');
    const document = this.get(name);
    if (document.EndpointStatus !== 'InService')
      throw validation(`Cannot update endpoint "${this.arn(name)}" in status ${document.EndpointStatus}.`);
    const wanted = bodies(input, 'DesiredWeightsAndCapacities');
    const variants = bodies(document, 'ProductionVariants');
    const unknown = wanted
      .map((each) => text(each, 'VariantName'))
      .filter((each) => !variants.some((variant) => variant['VariantName'] === each));
    if (unknown.length > 0) throw validation(`Endpoint "${this.arn(name)}" has no variant ${unknown.join(', ')}.`);
    const changed = variants.map((variant) => {
      const own = wanted.find((each) => each['VariantName'] === variant['VariantName']);
      if (own === undefined) return variant;
      const weight = optionalNumber(own, 'DesiredWeight') ?? Number(variant['CurrentWeight']);
      const count = optionalNumber(own, 'DesiredInstanceCount') ?? Number(variant['CurrentInstanceCount']);
      return {
        ...variant,
        CurrentWeight: weight,
        DesiredWeight: weight,
        CurrentInstanceCount: count,
        DesiredInstanceCount: count,
      };
    });
    this.change(name, { EndpointStatus: 'Updating' });
    this.change(name, { EndpointStatus: 'InService', ProductionVariants: changed });
    return { EndpointArn: document.EndpointArn };
  }

  private delete(name: string): void {
    const document = this.get(name);
    if (['Creating', 'Updating', 'RollingBack'].includes(document.EndpointStatus))
      throw validation(`Cannot update in-progress endpoint "${this.arn(name)}".`);
    this.announce({ ...document, EndpointStatus: 'Deleting' });
    this.endpoints.delete(name);
    this.tags.forget(this.arn(name));
    const runtime = this.runtimes.get(name);
    this.runtimes.delete(name);
    if (runtime !== undefined) void this.parts.account.clock.track(runtime.stop());
  }

  private async bringUp(name: string): Promise<void> {
    const document = this.get(name);
    const fleet = this.fleet(name, document.EndpointConfigName);
    try {
      await fleet.start();
      this.runtimes.set(name, new EndpointRuntime(this.parts.account, name, fleet));
      this.change(name, { EndpointStatus: 'InService' });
    } catch (error) {
      await fleet.stop();
      this.change(name, { EndpointStatus: 'Failed', FailureReason: shorten(messageOf(error)) });
    }
  }

  /** Starts the new fleet, then moves the traffic as the deployment asks. */
  private async roll(name: string, update: Body): Promise<void> {
    const config = this.parts.configs.get(text(update, 'EndpointConfigName'));
    const fleet = this.fleet(name, text(update, 'EndpointConfigName'));
    try {
      await fleet.start();
    } catch (error) {
      this.rollBack(name, fleet, messageOf(error));
      return;
    }
    const document = this.get(name);
    const runtime = this.runtime(document);
    const plan = deploymentPlan(
      body(update, 'DeploymentConfig'),
      instancesOf(this.summaries(config, 'ProductionVariants')),
    );
    const shift = new TrafficShift(this.parts.account, name, plan, {
      shifted: (share, bakeSeconds) => {
        runtime.shift(fleet, share);
        this.parts.account.trace.emit('endpoint.traffic', {
          endpoint: name,
          from: document.EndpointConfigName,
          to: fleet.configName,
          share,
          bakeSeconds,
        });
        if (bakeSeconds > 0) this.deploying(name, config, share < 1 ? 'ActivatingTraffic' : 'Baking');
      },
      succeeded: () => this.promote(name, fleet, update),
      rolledBack: (reason) => this.rollBack(name, fleet, reason),
    });
    this.shifts.set(name, shift);
    shift.start();
  }

  private promote(name: string, fleet: Fleet, update: Body): void {
    this.shifts.delete(name);
    const document = this.get(name);
    const old = this.runtime(document).promote(fleet);
    const retained: Retained | undefined =
      update['RetainAllVariantProperties'] === true
        ? {
            variants: bodies(document, 'ProductionVariants'),
            excluded: bodies(update, 'ExcludeRetainedVariantProperties').map((each) =>
              text(each, 'VariantPropertyType'),
            ),
          }
        : undefined;
    const deployment = update['DeploymentConfig'];
    this.change(name, {
      EndpointStatus: 'InService',
      EndpointConfigName: fleet.configName,
      ...this.members(fleet.config, retained),
      ...(deployment === undefined ? {} : { LastDeploymentConfig: deployment }),
      PendingDeploymentSummary: undefined,
      update: undefined,
      FailureReason: undefined,
    });
    void this.parts.account.clock.track(old.stop());
  }

  /** The old configuration serves on; the endpoint says InService, and why the new one does not serve. */
  private rollBack(name: string, fleet: Fleet, reason: string): void {
    this.shifts.delete(name);
    this.runtimes.get(name)?.revert();
    this.change(name, { EndpointStatus: 'RollingBack' });
    this.change(name, {
      EndpointStatus: 'InService',
      FailureReason: shorten(`Endpoint configuration '${fleet.configName}' was rolled back: ${reason}`),
      PendingDeploymentSummary: undefined,
      update: undefined,
    });
    void this.parts.account.clock.track(fleet.stop());
  }

  private runtime(document: EndpointDocument): EndpointRuntime {
    const known = this.runtimes.get(document.EndpointName);
    if (known !== undefined) return known;
    if (document.EndpointStatus === 'Creating' || document.EndpointStatus === 'Failed')
      throw validation(
        `Endpoint ${document.EndpointName} of account ${this.parts.account.accountId} is ${document.EndpointStatus}.`,
      );
    const made = new EndpointRuntime(
      this.parts.account,
      document.EndpointName,
      this.fleet(document.EndpointName, document.EndpointConfigName),
    );
    this.runtimes.set(document.EndpointName, made);
    return made;
  }

  private fleet(endpoint: string, configName: string): Fleet {
    const id = this.parts.account.newId().slice(0, 8);
    return new Fleet(this.parts, endpoint, this.parts.configs.get(configName), id, (model) => this.source(model));
  }

  private source(model: string): ModelSource {
    return modelSource(this.parts.models.get(model), this.parts.packageOf);
  }

  private summaries(
    config: Body,
    member: 'ProductionVariants' | 'ShadowProductionVariants',
    retained?: Retained,
  ): readonly Body[] {
    return variantSummaries(config, member, (model) => this.source(model).image, this.now(), retained);
  }

  /** Members of a document that come from its configuration. */
  private members(config: Body, retained?: Retained): Body {
    const shadows = this.summaries(config, 'ShadowProductionVariants');
    return {
      ProductionVariants: this.summaries(config, 'ProductionVariants', retained),
      ShadowProductionVariants: shadows.length === 0 ? undefined : shadows,
      DataCaptureConfig: undefined,
      ...captureSummary(config),
      ...(config['AsyncInferenceConfig'] === undefined ? {} : { AsyncInferenceConfig: config['AsyncInferenceConfig'] }),
    };
  }

  private pending(config: Body, status: string): Body {
    const now = this.now();
    return {
      EndpointConfigName: config['EndpointConfigName'],
      StartTime: now,
      ProductionVariants: this.summaries(config, 'ProductionVariants').map((each) => ({
        ...each,
        VariantStatus: [{ Status: status, StartTime: now }],
      })),
    };
  }

  private deploying(name: string, config: Body, status: string): void {
    const document: EndpointDocument = {
      ...this.get(name),
      PendingDeploymentSummary: this.pending(config, status),
      LastModifiedTime: this.now(),
    };
    this.endpoints.put(name, document);
    this.parts.events.deployment(document);
  }

  private change(name: string, members: Body): void {
    const document = { ...this.get(name), ...members, LastModifiedTime: this.now() } as EndpointDocument;
    this.endpoints.put(name, document);
    this.announce(document);
    if (document['PendingDeploymentSummary'] !== undefined) this.parts.events.deployment(document);
    if (inProgress.includes(document.EndpointStatus)) return;
    const watchers = this.watchers.get(name) ?? [];
    this.watchers.delete(name);
    for (const each of watchers) each(document);
  }

  private announce(document: EndpointDocument): void {
    const reason = optionalText(document, 'FailureReason');
    this.parts.account.trace.emit('endpoint.status', {
      endpoint: document.EndpointName,
      config: document.EndpointConfigName,
      status: document.EndpointStatus,
      ...(reason === undefined ? {} : { reason }),
    });
    this.parts.events.endpoint(document);
  }

  private get tags(): Tags {
    return this.parts.tags;
  }

  private arn(name: string): string {
    return this.parts.account.arn('sagemaker', `endpoint/${name}`);
  }

  private now(): string {
    return this.parts.account.clock.now().toISOString();
  }
}
