import { validation } from '../../../core/errors';
import { bodies, body, optionalNumber, text } from '../../../core/input';
import type { Body, Operation } from '../../../core/service';
import type { EndpointDocument } from '../runtime/hosting/endpoint-document';
import { EndpointDocuments, isChanging } from '../runtime/hosting/endpoint-documents';
import type { EndpointFaults } from '../runtime/hosting/endpoint-faults';
import { EndpointFleets } from '../runtime/hosting/endpoint-fleets';
import type { InvokeAnswer, InvokeRequest } from '../runtime/hosting/endpoint-runtime';
import type { ModelSource } from '../runtime/hosting/model-server';
import type { JobParts } from '../runtime/jobs/job';
import type { EndpointConfigs } from './endpoint-configs';
import { listPage } from './listing';
import { checkName } from './models';
import type { StateEvents } from '../runtime/state-events';
import type { Tags } from './tags';

export interface EndpointParts extends JobParts {
  readonly configs: EndpointConfigs;
  readonly events: StateEvents;
  readonly tags: Tags;
  readonly sourceOf: (model: string) => ModelSource;
  readonly faults: EndpointFaults;
}

/** Endpoints as the API shows them; {@link EndpointFleets} makes them serve. */
export class Endpoints {
  readonly operations: Readonly<Record<string, Operation>> = {
    CreateEndpoint: (input) => this.create(input),
    UpdateEndpoint: (input) => this.update(input),
    UpdateEndpointWeightsAndCapacities: (input) => this.reweigh(input),
    DeleteEndpoint: (input) => this.delete(text(input, 'EndpointName')),
    DescribeEndpoint: (input) => this.documents.get(text(input, 'EndpointName')),
    ListEndpoints: (input) =>
      listPage(this.documents.values(), input, { name: 'EndpointName', status: 'EndpointStatus', list: 'Endpoints' }),
  };
  private readonly documents: EndpointDocuments;
  private readonly fleets: EndpointFleets;

  constructor(private readonly parts: EndpointParts) {
    this.documents = new EndpointDocuments(parts.account, parts.events);
    this.fleets = new EndpointFleets({
      ...parts,
      documents: this.documents,
      configOf: (name) => parts.configs.get(name),
    });
  }

  find(name: string): EndpointDocument | undefined {
    return this.documents.find(name);
  }

  /** Role of the first variant's model. */
  roleOf(name: string): string {
    const config = this.parts.configs.get(this.documents.get(name).EndpointConfigName);
    return this.parts.sourceOf(text(bodies(config, 'ProductionVariants')[0] ?? {}, 'ModelName')).roleArn;
  }

  /** Calls back once the endpoint has no change under way; at once when it has none. */
  onSettled(name: string, callback: (document: EndpointDocument) => void): void {
    this.documents.onSettled(name, callback);
  }

  /** One inference. @throws AwsError ValidationError, ModelError. */
  invoke(name: string, request: InvokeRequest): Promise<InvokeAnswer> {
    return this.fleets.invoke(this.documents.get(name), request);
  }

  /** Takes up what a restart interrupted. Endpoints that served start their processes with the first request. */
  resume(): void {
    const { clock } = this.parts.account;
    for (const { EndpointName: name, EndpointStatus: status, update } of this.documents.values()) {
      if (status === 'Creating') void clock.track(this.fleets.bringUp(name));
      if (status === 'Updating' && update !== undefined) void clock.track(this.fleets.roll(name, update));
      if (status === 'RollingBack') this.documents.change(name, { EndpointStatus: 'InService' });
    }
  }

  stopAll(): Promise<void> {
    return this.fleets.stopAll();
  }

  private create(input: Body): Body {
    const name = text(input, 'EndpointName');
    checkName('EndpointName', name);
    const arn = this.documents.arn(name);
    if (this.documents.find(name) !== undefined) throw validation(`Cannot create already existing endpoint "${arn}".`);
    const configName = text(input, 'EndpointConfigName');
    const config = this.parts.configs.get(configName);
    if (input['DeploymentConfig'] !== undefined) this.fleets.plan(body(input, 'DeploymentConfig'), config);
    const now = this.documents.now();
    const state = { EndpointStatus: 'Creating', CreationTime: now, LastModifiedTime: now };
    this.documents.add({
      EndpointName: name,
      EndpointArn: arn,
      EndpointConfigName: configName,
      ...state,
      ...this.fleets.members(config),
    });
    this.parts.tags.add(arn, input);
    void this.parts.account.clock.track(this.fleets.bringUp(name));
    return { EndpointArn: arn };
  }

  private update(input: Body): Body {
    const name = text(input, 'EndpointName');
    const document = this.changeable(name);
    if (document.EndpointStatus === 'Failed')
      throw validation(`Endpoint "${document.EndpointArn}" is Failed: it can only be deleted.`);
    const config = this.parts.configs.get(text(input, 'EndpointConfigName'));
    const retains = input['RetainDeploymentConfig'] === true && input['DeploymentConfig'] === undefined;
    const deployment = retains ? body(document, 'LastDeploymentConfig') : body(input, 'DeploymentConfig');
    const guarded = Object.keys(deployment).length > 0;
    if (guarded) checkVariantNames(document, config);
    this.checkScaled(name, this.parts.configs.get(document.EndpointConfigName), config);
    this.fleets.plan(deployment, config);
    const update = { ...input, ...(guarded ? { DeploymentConfig: deployment } : {}) };
    const summary = this.fleets.pending(config, 'Creating');
    this.documents.change(name, {
      EndpointStatus: 'Updating',
      update,
      FailureReason: undefined,
      PendingDeploymentSummary: summary,
    });
    void this.parts.account.clock.track(this.fleets.roll(name, update));
    return { EndpointArn: document.EndpointArn };
  }

  private reweigh(input: Body): Body {
    const name = text(input, 'EndpointName');
    const document = this.changeable(name);
    const wanted = bodies(input, 'DesiredWeightsAndCapacities');
    const variants = bodies(document, 'ProductionVariants');
    const unknown = wanted
      .map((each) => text(each, 'VariantName'))
      .filter((each) => !variants.some((variant) => variant['VariantName'] === each));
    if (unknown.length > 0)
      throw validation(`Endpoint "${document.EndpointArn}" has no variant ${unknown.join(', ')}.`);
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
    this.documents.change(name, { EndpointStatus: 'Updating' });
    this.documents.change(name, { EndpointStatus: 'InService', ProductionVariants: changed });
    return { EndpointArn: document.EndpointArn };
  }

  private delete(name: string): void {
    const { EndpointArn: arn } = this.changeable(name);
    this.documents.remove(name);
    this.parts.tags.forget(arn);
    this.fleets.takeDown(name);
  }

  /** @throws ValidationException when a scaled variant would go or change its instance type. */
  private checkScaled(name: string, from: Body, to: Body): void {
    const after = bodies(to, 'ProductionVariants');
    const refused = bodies(from, 'ProductionVariants').filter((variant) => {
      const next = after.find((each) => each['VariantName'] === variant['VariantName']);
      if (next?.['InstanceType'] === variant['InstanceType']) return false;
      return this.parts.account.findPeer('scaling')?.scales(name, text(variant, 'VariantName')) === true;
    });
    if (refused.length === 0) return;
    const names = refused.map((each) => text(each, 'VariantName')).join(', ');
    throw validation(
      `The variant(s) "[${names}]" must be deregistered as scalable targets with AWS Auto Scaling before they can be removed or have their instance type updated.`,
    );
  }

  /** @throws ValidationException while another change is under way. */
  private changeable(name: string): EndpointDocument {
    const document = this.documents.get(name);
    if (isChanging(document)) throw validation(`Cannot update in-progress endpoint "${document.EndpointArn}".`);
    return document;
  }
}

/** Blue/green and rolling deployments need the same variants before and after. */
function checkVariantNames(document: EndpointDocument, config: Body): void {
  const names = (from: Body): string =>
    bodies(from, 'ProductionVariants')
      .map((each) => text(each, 'VariantName'))
      .join(', ');
  if (names(document) === names(config)) return;
  throw validation(
    `A deployment with guardrails keeps the variant names; the endpoint has ${names(document)}, the configuration ${names(config)}`,
  );
}
