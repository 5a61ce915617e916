import { join } from 'node:path';
import { bodies, body, optionalNumber, text } from '../../../../core/input';
import type { Body } from '../../../../core/service';
import type { JobParts } from '../jobs/job';
import { DataCapture } from './capture';
import { ModelServer } from './model-server';
import type { ModelSource } from './model-server';

/** Seconds of real time a model may take to load, however much more its configuration allows: a laptop's user is waiting. */
const longestStartup = 60;

/** The processes that serve one endpoint configuration: one per variant, whatever its instance count. */
export class Fleet {
  readonly capture: DataCapture;
  private readonly servers = new Map<string, ModelServer>();

  /** @param id makes the fleet's folder its own, also when the same configuration is deployed twice. */
  constructor(
    parts: JobParts,
    endpoint: string,
    readonly config: Body,
    id: string,
    sourceOf: (modelName: string) => ModelSource,
  ) {
    this.capture = new DataCapture(parts.account, endpoint, body(config, 'DataCaptureConfig'));
    for (const variant of [...bodies(config, 'ProductionVariants'), ...bodies(config, 'ShadowProductionVariants')]) {
      const name = text(variant, 'VariantName');
      this.servers.set(
        name,
        new ModelServer(parts, sourceOf(text(variant, 'ModelName')), {
          folder: join(parts.folder, 'endpoints', endpoint, `${this.configName}-${id}`, name),
          name: `${endpoint}-${name}`,
          logGroup: `/aws/sagemaker/Endpoints/${endpoint}`,
          startupTimeout: Math.min(
            optionalNumber(variant, 'ContainerStartupHealthCheckTimeoutInSeconds') ?? longestStartup,
            longestStartup,
          ),
        }),
      );
    }
  }

  get configName(): string {
    return text(this.config, 'EndpointConfigName');
  }

  /** Names of the shadow variants. */
  get shadows(): readonly { readonly name: string; readonly weight: number }[] {
    return bodies(this.config, 'ShadowProductionVariants').map((each) => ({
      name: text(each, 'VariantName'),
      weight: optionalNumber(each, 'InitialVariantWeight') ?? 1,
    }));
  }

  server(variant: string): ModelServer | undefined {
    return this.servers.get(variant);
  }

  /** Loads every model. @throws ModelNotServing naming the variant. */
  async start(): Promise<void> {
    for (const [name, server] of this.servers) {
      try {
        await server.start();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(
          `The primary container for production variant ${name} did not pass the ping health check: ${why}`,
        );
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers.values()].map((each) => each.stop()));
  }
}
