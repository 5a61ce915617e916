import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateModelPackageCommand,
  DescribeModelPackageCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { metadataKeys, prefixes, resourceNames, stackNames, type StageName } from '../../../contracts/names';
import { Account } from '@mooring/local-account';
import { deploy } from '../../../cli/account/cdk';
import { clientsFor, type Clients } from '../../../cli/shared/clients';
import { stacksOf } from '../../../cli/account/deployment';
import { readDeployments, type Deployment } from '../../../cli/loop/deployments';
import { invoke, readEndpoint, type EndpointState } from '../../../cli/shared/endpoint';
import { readFoundation, type Foundation } from '../../../cli/shared/foundation';
import { openSession } from '../../../cli/shared/session';
import { readStatus } from '../../../cli/loop/status';
import { renderStatus } from '../../../cli/loop/status-text';
import { root, testApp } from '../app';
import { artifact, type Behaviour, predictions } from './models';

const image = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3';
const minute = 60_000;

/** A message of the inbox. */
export interface Message {
  readonly subject: string;
  readonly body: string;
}

/**
 * A local account with the real stacks of one test use case and hand-made models: what follows an approval is the product's
 * own, only the training is left out. Time stands still unless it is passed.
 */
export class DeployedUseCase {
  private readonly folder = mkdtempSync(join(tmpdir(), 'mooring-deployed-'));
  readonly account: Account;
  private connection: { readonly clients: Clients; readonly foundation: Foundation } | undefined;

  private constructor(readonly name: string) {
    const begin = Date.parse('2026-11-20T09:00:00Z');
    const born = Date.now();
    this.account = new Account({
      folder: join(this.folder, 'account'),
      python: join(root, '.venv/bin/python'),
      env: process.env,
      realNow: () => begin + Date.now() - born,
    });
  }

  /**
   * @param more stacks beside foundation, registry and serving
   * @param definitions folder with the use case
   */
  static async open(
    name: string,
    more: readonly string[] = [],
    definitions = join(__dirname, 'use-cases'),
  ): Promise<DeployedUseCase> {
    const deployed = new DeployedUseCase(name);
    const assembly = join(deployed.folder, 'cdk.out');
    process.env['CDK_VALIDATION'] = 'false';
    const useCases = loadUseCases(definitions).filter((each) => each.useCase.name === name);
    testApp(useCases, assembly).synth();
    await deployed.account.start();
    const { connection } = deployed.account;
    const left = [stackNames.monitoring(name), stackNames.retraining(name)].filter((each) => !more.includes(each));
    const stacks = stacksOf([name], assembly).filter((each) => !left.includes(each));
    await deploy({ ...deployed.project, assembly }, connection, stacks);
    const clients = clientsFor(connection);
    const foundation = await readFoundation(clients);
    deployed.connection = { clients, foundation };
    // The team hears the news, and who is on call hears alarms directly.
    const news = foundation.topicArn.replace(resourceNames.topic, resourceNames.newsTopic(name));
    for (const TopicArn of [news, foundation.topicArn])
      await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
    return deployed;
  }

  get project(): {
    readonly root: string;
    readonly work: string;
    readonly state: string;
    readonly assembly: string;
    readonly python: string;
  } {
    return { root, work: this.folder, state: join(this.folder, 'account'), assembly: '', python: '' };
  }

  get clients(): Clients {
    return this.connected.clients;
  }

  get foundation(): Foundation {
    return this.connected.foundation;
  }

  packageArn(version: number): string {
    return `arn:aws:sagemaker:us-east-1:000000000000:model-package/${resourceNames.packageGroup(this.name)}/${version}`;
  }

  /** A version as a pipeline execution would have registered it. */
  async register(version: number, behaviour: Behaviour = 'good', auc = 0.7 + version / 100): Promise<void> {
    const execution = `${prefixes.executions(this.name)}/run${version}`;
    const metrics = { binary_classification_metrics: { auc: { value: auc, standard_deviation: 0 } } };
    await this.put(`${execution}/Train/model.tar.gz`, await artifact(version, behaviour));
    await this.put(`${execution}/Evaluate/predictions/predictions.csv`, predictions(version));
    await this.put(`${execution}/Evaluate/evaluation/evaluation.json`, JSON.stringify(metrics));
    await this.put(`${execution}/Evaluate/evaluation/statistics.json`, JSON.stringify(metrics));
    const uri = (key: string): string => `s3://${this.foundation.artifactBucket}/${execution}/${key}`;
    await this.clients.sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: resourceNames.packageGroup(this.name),
        ModelApprovalStatus: 'PendingManualApproval',
        InferenceSpecification: {
          Containers: [
            {
              Image: image,
              ModelDataUrl: uri('Train/model.tar.gz'),
              Environment: {
                SAGEMAKER_PROGRAM: 'inference.py',
                SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
                PIP_NO_BUILD_ISOLATION: '0',
              },
            },
          ],
          SupportedContentTypes: ['text/csv'],
          SupportedResponseMIMETypes: ['text/csv'],
        },
        ModelMetrics: {
          ModelQuality: {
            Statistics: { ContentType: 'application/json', S3Uri: uri('Evaluate/evaluation/statistics.json') },
          },
        },
        CustomerMetadataProperties: {
          [metadataKeys.executionArn]: `arn:aws:sagemaker:us-east-1:000000000000:pipeline/${this.name}-pipeline/execution/run${version}`,
          [metadataKeys.commit]: `commit-${version}`,
          [metadataKeys.dataHash]: 'data-1',
          [metadataKeys.evaluation]: uri('Evaluate/evaluation/evaluation.json'),
        },
      }),
    );
  }

  /** The registry's approval. Nothing is waited for. */
  async approve(version: number): Promise<void> {
    await this.clients.sagemaker.send(
      new UpdateModelPackageCommand({ ModelPackageArn: this.packageArn(version), ModelApprovalStatus: 'Approved' }),
    );
  }

  /** The approval that production asks for behind a staging stage. */
  async approveForProduction(version: number): Promise<void> {
    const ModelLifeCycle = { Stage: 'Production', StageStatus: 'Approved', StageDescription: 'by a test' };
    await this.clients.sagemaker.send(
      new UpdateModelPackageCommand({ ModelPackageArn: this.packageArn(version), ModelLifeCycle }),
    );
  }

  async requestRollback(stage: StageName = 'production', time?: Date): Promise<void> {
    const detail = { useCase: this.name, stage, requestedBy: 'ada', reason: 'complaints' };
    await this.clients.events.send(
      new PutEventsCommand({
        Entries: [
          { Source: 'mooring', DetailType: 'Mooring Rollback Request', Detail: JSON.stringify(detail), Time: time },
        ],
      }),
    );
  }

  /** Registers, approves and waits until the version serves. */
  async ship(version: number, behaviour: Behaviour = 'good'): Promise<void> {
    await this.register(version, behaviour);
    await this.approve(version);
    await this.pass(25);
  }

  /** Passes virtual minutes, with all the work that they bring. */
  async pass(minutes: number): Promise<void> {
    await this.account.clock.settled();
    await this.account.clock.advance(minutes * minute);
    await this.account.clock.settled();
  }

  async settled(): Promise<void> {
    await this.account.clock.settled();
  }

  /** One prediction after the other. @returns how many were answered by score, and how many failed. */
  async ask(count: number, stage: StageName = 'production'): Promise<Readonly<Record<string, number>>> {
    const seen: Record<string, number> = {};
    for (let each = 0; each < count; each += 1) {
      const answer = await invoke(this.clients, resourceNames.endpoint(this.name, stage), '10,20').catch(
        () => 'failed',
      );
      seen[answer] = (seen[answer] ?? 0) + 1;
    }
    return seen;
  }

  endpoint(stage: StageName = 'production'): Promise<EndpointState | undefined> {
    return readEndpoint(this.clients, this.name, stage);
  }

  deployments(stage: StageName = 'production'): Promise<readonly Deployment[]> {
    return readDeployments(this.clients, this.name, stage, 100);
  }

  async lifeCycle(version: number): Promise<string> {
    const { ModelLifeCycle } = await this.clients.sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: this.packageArn(version) }),
    );
    return `${ModelLifeCycle?.Stage ?? ''} ${ModelLifeCycle?.StageStatus ?? ''}`.trim();
  }

  /** Models and configurations that exist, as versions. */
  async made(): Promise<{ readonly models: readonly string[]; readonly configs: readonly string[] }> {
    const version = (name: string | undefined): string => /-v(\d+)-/.exec(name ?? '')?.[1] ?? name ?? '';
    const { Models = [] } = await this.clients.sagemaker.send(new ListModelsCommand({ MaxResults: 100 }));
    const { EndpointConfigs = [] } = await this.clients.sagemaker.send(
      new ListEndpointConfigsCommand({ MaxResults: 100 }),
    );
    return {
      models: Models.map((each) => version(each.ModelName)).sort(),
      configs: EndpointConfigs.map((each) => version(each.EndpointConfigName)).sort(),
    };
  }

  /** Errors of functions since the start: those that a test expects are the only ones allowed. */
  failures(): readonly string[] {
    return this.account.trace.read().flatMap((each) => {
      if (each.type !== 'function.invoked') return [];
      const { error } = each.data as { readonly error?: string };
      return error === undefined ? [] : [error];
    });
  }

  inbox(): readonly Message[] {
    const control = this.account.support.modules
      .flatMap((each) => each.controls ?? [])
      .find((each) => each.path === '/_local/inbox' && each.method === 'GET');
    return (control?.handle({}) as { readonly messages: readonly Message[] }).messages;
  }

  /** What `mooring status` prints. */
  async status(): Promise<string> {
    const useCases = loadUseCases(join(__dirname, 'use-cases')).map((each) => each.useCase);
    const session = await openSession(this.project);
    return renderStatus(await readStatus(session, useCases));
  }

  async put(key: string, body: string | Buffer): Promise<void> {
    await this.clients.s3.send(new PutObjectCommand({ Bucket: this.foundation.artifactBucket, Key: key, Body: body }));
  }

  async close(): Promise<void> {
    await this.account.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get connected(): { readonly clients: Clients; readonly foundation: Foundation } {
    if (this.connection === undefined) throw new Error('DeployedUseCase.open() comes first');
    return this.connection;
  }
}
