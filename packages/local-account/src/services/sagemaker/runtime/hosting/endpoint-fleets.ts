import { messageOf, validation } from '../../../../core/errors';
import { bodies, body, optionalText, text } from '../../../../core/input';
import type { Body, Permission } from '../../../../core/service';
import { shorten } from '../jobs/job';
import type { JobParts } from '../jobs/job';
import { volumePermissions } from '../../../shared/encryption';
import { guardrailsOf } from '../../api/permissions';
import { deploymentPlan } from './deployment-plan';
import { captureSummary, instancesOf, variantSummaries } from './endpoint-document';
import type { EndpointDocument, Retained } from './endpoint-document';
import type { EndpointDocuments } from './endpoint-documents';
import type { EndpointFaults } from './endpoint-faults';
import { EndpointRuntime } from './endpoint-runtime';
import type { InvokeAnswer, InvokeRequest, VariantShare } from './endpoint-runtime';
import { Fleet } from './fleet';
import type { ModelSource } from './model-server';
import { TrafficShift } from './traffic-shift';

declare module '../../../../core/trace' {
  interface TraceEvents {
    'endpoint.traffic': {
      readonly endpoint: string;
      readonly from: string;
      readonly to: string;
      readonly share: number;
      readonly bakeSeconds: number;
    };
  }
}

export interface FleetParts extends JobParts {
  readonly documents: EndpointDocuments;
  readonly configOf: (name: string) => Body;
  readonly sourceOf: (model: string) => ModelSource;
  readonly faults: EndpointFaults;
}

type Variants = 'ProductionVariants' | 'ShadowProductionVariants';

/** The processes behind the endpoints: brought up, exchanged blue/green or in batches, rolled back, taken down. */
export class EndpointFleets {
  private readonly runtimes = new Map<string, EndpointRuntime>();
  private readonly shifts = new Map<string, TrafficShift>();

  constructor(private readonly parts: FleetParts) {}

  /** One inference. @throws AwsError ValidationError, ModelError. */
  invoke(document: EndpointDocument, request: InvokeRequest): Promise<InvokeAnswer> {
    const variants = bodies(document, 'ProductionVariants');
    const shares = variants.map((each): [string, VariantShare] => [
      text(each, 'VariantName'),
      { weight: Number(each['CurrentWeight'] ?? 1), instances: Number(each['CurrentInstanceCount'] ?? 1) },
    ]);
    return this.runtime(document).invoke(request, new Map(shares));
  }

  /** Starts the fleet of an endpoint that is being created. */
  async bringUp(name: string): Promise<void> {
    const { documents, account } = this.parts;
    const fleet = this.fleet(name, documents.get(name).EndpointConfigName);
    try {
      this.authorizeModel(fleet, []);
      await fleet.start();
      this.runtimes.set(name, new EndpointRuntime(account, name, fleet, this.parts.faults));
      documents.change(name, { EndpointStatus: 'InService' });
    } catch (error) {
      await fleet.stop();
      documents.change(name, { EndpointStatus: 'Failed', FailureReason: shorten(messageOf(error)) });
    }
  }

  /** Starts the fleet of an update, then moves the traffic as its deployment asks. */
  async roll(name: string, update: Body): Promise<void> {
    const { account, documents } = this.parts;
    const fleet = this.fleet(name, text(update, 'EndpointConfigName'));
    try {
      this.authorizeModel(fleet, guardrailsOf(account, update));
      await fleet.start();
    } catch (error) {
      this.rollBack(name, fleet, messageOf(error));
      return;
    }
    const document = documents.get(name);
    const runtime = this.runtime(document);
    const shift = new TrafficShift(account, name, this.plan(body(update, 'DeploymentConfig'), fleet.config), {
      shifted: (share, bakeSeconds) => {
        runtime.shift(fleet, share);
        account.trace.emit('endpoint.traffic', {
          endpoint: name,
          from: document.EndpointConfigName,
          to: fleet.configName,
          share,
          bakeSeconds,
        });
        if (bakeSeconds > 0)
          documents.deploying(name, this.pending(fleet.config, share < 1 ? 'ActivatingTraffic' : 'Baking'));
      },
      succeeded: () => this.promote(name, fleet, update),
      rolledBack: (reason) => this.rollBack(name, fleet, reason),
    });
    this.shifts.set(name, shift);
    shift.start();
  }

  /** Ends the processes of an endpoint that is deleted. */
  takeDown(name: string): void {
    const runtime = this.runtimes.get(name);
    this.runtimes.delete(name);
    if (runtime !== undefined) void this.parts.account.clock.track(runtime.stop());
  }

  async stopAll(): Promise<void> {
    for (const each of this.shifts.values()) each.abandon();
    await Promise.all([...this.runtimes.values()].map((each) => each.stop()));
  }

  /** Members of a document that come from its configuration. */
  members(config: Body, retained?: Retained): Body {
    const shadows = this.summaries(config, 'ShadowProductionVariants');
    return {
      ProductionVariants: this.summaries(config, 'ProductionVariants', retained),
      ShadowProductionVariants: shadows.length === 0 ? undefined : shadows,
      DataCaptureConfig: undefined,
      ...captureSummary(config),
      ...(config['AsyncInferenceConfig'] === undefined ? {} : { AsyncInferenceConfig: config['AsyncInferenceConfig'] }),
    };
  }

  /** @throws ValidationException when the deployment is out of the service's limits. */
  plan(deployment: Body, config: Body): ReturnType<typeof deploymentPlan> {
    return deploymentPlan(deployment, instancesOf(this.summaries(config, 'ProductionVariants')));
  }

  /** PendingDeploymentSummary of an update. */
  pending(config: Body, status: string): Body {
    const now = this.parts.documents.now();
    const variants = this.summaries(config, 'ProductionVariants');
    return {
      EndpointConfigName: config['EndpointConfigName'],
      StartTime: now,
      ProductionVariants: variants.map((each) => ({ ...each, VariantStatus: [{ Status: status, StartTime: now }] })),
    };
  }

  /** What the role of the first model needs around its container. */
  private authorizeModel({ config }: Fleet, more: readonly Permission[]): void {
    const { account, sourceOf } = this.parts;
    const [first] = bodies(config, 'ProductionVariants');
    const { roleArn } = sourceOf(text(first ?? {}, 'ModelName'));
    const volume = volumePermissions(account, optionalText(config, 'KmsKeyId'));
    account.iam.authorize(account.iam.roleByArn(roleArn), [...volume, ...more]);
  }

  private promote(name: string, fleet: Fleet, update: Body): void {
    this.shifts.delete(name);
    const { documents, account } = this.parts;
    const document = documents.get(name);
    const old = this.runtime(document).promote(fleet);
    const excluded = bodies(update, 'ExcludeRetainedVariantProperties').map((each) =>
      text(each, 'VariantPropertyType'),
    );
    const retained =
      update['RetainAllVariantProperties'] === true
        ? { variants: bodies(document, 'ProductionVariants'), excluded }
        : undefined;
    const deployment = update['DeploymentConfig'];
    documents.change(name, {
      EndpointStatus: 'InService',
      EndpointConfigName: fleet.configName,
      ...this.members(fleet.config, retained),
      ...(deployment === undefined ? {} : { LastDeploymentConfig: deployment }),
      PendingDeploymentSummary: undefined,
      update: undefined,
      FailureReason: undefined,
    });
    void account.clock.track(old.stop());
  }

  /** The old configuration serves on; the endpoint says InService, and why the new one does not serve. */
  private rollBack(name: string, fleet: Fleet, reason: string): void {
    this.shifts.delete(name);
    this.runtimes.get(name)?.revert();
    const { documents, account } = this.parts;
    documents.change(name, { EndpointStatus: 'RollingBack' });
    documents.change(name, {
      EndpointStatus: 'InService',
      FailureReason: shorten(`Endpoint configuration '${fleet.configName}' was rolled back: ${reason}`),
      PendingDeploymentSummary: undefined,
      update: undefined,
    });
    void account.clock.track(fleet.stop());
  }

  private runtime(document: EndpointDocument): EndpointRuntime {
    const { EndpointName: name, EndpointStatus: status, EndpointConfigName: config } = document;
    const known = this.runtimes.get(name);
    if (known !== undefined) return known;
    if (status === 'Creating' || status === 'Failed')
      throw validation(`Endpoint ${name} of account ${this.parts.account.accountId} is ${status}.`);
    const made = new EndpointRuntime(this.parts.account, name, this.fleet(name, config), this.parts.faults);
    this.runtimes.set(name, made);
    return made;
  }

  private fleet(endpoint: string, configName: string): Fleet {
    const id = this.parts.account.newId().slice(0, 8);
    return new Fleet(this.parts, endpoint, this.parts.configOf(configName), id, this.parts.sourceOf);
  }

  private summaries(config: Body, member: Variants, retained?: Retained): readonly Body[] {
    return variantSummaries(
      config,
      member,
      (model) => this.parts.sourceOf(model).image,
      this.parts.documents.now(),
      retained,
    );
  }
}
