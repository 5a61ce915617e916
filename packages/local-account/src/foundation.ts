import { join } from 'node:path';
import { bootstrapStackName, bootstrapTemplate } from './cloudformation/bootstrap';
import { Deployer, type DeployerParts } from './cloudformation/deployer';
import type { ProviderRegistry } from './cloudformation/registry';
import { StackRepository } from './cloudformation/repository';
import type { AccountKeys } from './core/account-keys';
import type { Clock } from './core/clock';
import { AwsError } from './core/errors';
import type { AwsEvent, Control, FunctionInvoker, Peers } from './core/module';
import type { Recording } from './core/recording';
import type { ResourceProvider } from './core/provider';
import { presign } from './core/signed-fetch';
import type { AwsService } from './core/service';
import type { Store } from './core/store';
import { cdkMetadataProvider } from './services/cloudformation/resources/cdk-metadata';
import { nestedStackProvider } from './services/cloudformation/resources/stack';
import { CustomResources } from './services/cloudformation/resources/custom-resource';
import { ecrRepositoryProvider } from './services/ecr/resources/repository';
import { iamManagedPolicyProvider } from './services/iam/resources/managed-policy';
import { iamPolicyProvider } from './services/iam/resources/policy';
import { iamRoleProvider } from './services/iam/resources/role';
import { kmsAliasProvider, kmsKeyProvider } from './services/kms/resources/key';
import { logGroupProvider } from './services/logs/resources/log-group';
import { s3BucketProvider } from './services/s3/resources/bucket';
import { s3BucketPolicyProvider } from './services/s3/resources/bucket-policy';
import { s3CustomResources } from './services/s3/resources/custom-resources';
import { ssmParameterProvider } from './services/ssm/resources/parameter';
import { CloudFormationService } from './services/cloudformation/api/service';
import { EcrService } from './services/ecr/api/service';
import { PolicyAccessControl } from './services/iam/runtime/access-control';
import { IamDirectory } from './services/iam/runtime/directory';
import { IamService } from './services/iam/api/service';
import { KmsService } from './services/kms/api/service';
import { LogStore } from './services/logs/runtime/log-store';
import { LogsService } from './services/logs/api/service';
import { FileObjectStore } from './services/s3/runtime/file-object-store';
import { SsmService } from './services/ssm/api/service';
import { StsService } from './services/sts/api/service';
import { partition } from './core/partition';

export interface FoundationParts {
  readonly folder: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly keys: AccountKeys;
  readonly accountId: string;
  readonly region: string;
  readonly endpointUrl: () => string;
  readonly publish: (event: AwsEvent) => void;
  readonly lambda: () => FunctionInvoker;
  readonly recording?: Recording;
}

/** Services that everything else stands on: S3, IAM, STS, SSM, KMS, Logs, ECR, and CloudFormation over all providers. */
export class Foundation {
  readonly objects: FileObjectStore;
  readonly directory: IamDirectory;
  readonly access: PolicyAccessControl;
  readonly logs: LogStore;
  readonly stacks: StackRepository;
  private readonly ssm: SsmService;
  private readonly kms: KmsService;
  private readonly ecr: EcrService;
  private readonly customResources: CustomResources;
  private stackService: CloudFormationService | undefined;

  constructor(private readonly parts: FoundationParts) {
    const { folder, store, accountId, region } = parts;
    const now = (): Date => parts.clock.now();
    this.objects = new FileObjectStore({
      folder: join(folder, 's3'),
      store,
      now,
      region,
      publish: parts.publish,
      accountId,
      keyPolicy: (arn) => this.kms.find(arn)?.policy,
    });
    this.directory = new IamDirectory(store, accountId, now);
    this.access = new PolicyAccessControl({
      directory: this.directory,
      keys: parts.keys,
      accountId,
      region,
      endpointUrl: parts.endpointUrl,
      now,
      recording: parts.recording,
    });
    this.logs = new LogStore(store, join(folder, 'logs'), now);
    this.ssm = new SsmService(
      store,
      (resource) => this.arn('ssm', resource),
      now,
      (name) => this.kms.find(name),
    );
    this.kms = new KmsService(store, (resource) => this.arn('kms', resource), now);
    this.ecr = new EcrService(store, { accountId, region, now });
    this.stacks = new StackRepository(store, now);
    this.customResources = new CustomResources({
      lambda: parts.lambda,
      presign: (path, seconds) =>
        presign(`${parts.endpointUrl()}${path}`, parts.keys.administrator, { method: 'PUT' }, seconds),
    });
  }

  arn(service: string, resource: string): string {
    return `arn:${partition}:${service}:${this.parts.region}:${this.parts.accountId}:${resource}`;
  }

  /** The keys, for services that encrypt with them. */
  keys(): Peers['keys'] {
    return { find: (name) => this.kms.find(name) };
  }

  services(): readonly AwsService[] {
    return [
      new IamService(this.directory, this.parts.accountId),
      new StsService(this.directory, this.access, this.parts.accountId),
      this.ssm,
      this.kms,
      new LogsService(this.logs, (resource) => this.arn('logs', resource)),
      this.ecr,
    ];
  }

  providers(): readonly ResourceProvider[] {
    return [
      cdkMetadataProvider,
      ecrRepositoryProvider(this.ecr),
      iamManagedPolicyProvider(this.directory),
      iamPolicyProvider(this.directory),
      iamRoleProvider(this.directory),
      ...this.customResources.providers(),
      nestedStackProvider(() => this.cloudFormationService().nested),
      kmsAliasProvider(this.kms),
      kmsKeyProvider(this.kms),
      logGroupProvider(this.logs),
      s3BucketPolicyProvider(this.objects),
      s3BucketProvider(this.objects),
      ...s3CustomResources(this.objects),
      ssmParameterProvider(this.ssm),
    ];
  }

  /** Images that were pushed, for services that run them. */
  images(): Peers['images'] {
    return this.ecr;
  }

  controls(): readonly Control[] {
    const push: Control = {
      method: 'PUT',
      path: '/_local/images',
      openToRoles: true,
      handle: (input) => this.ecr.push(input),
    };
    return [this.customResources.control, push];
  }

  /** @param registry providers of the whole account. */
  cloudFormation(registry: ProviderRegistry): { readonly service: CloudFormationService; readonly deployer: Deployer } {
    const { accountId, region, clock } = this.parts;
    const deployment: DeployerParts = {
      repository: this.stacks,
      registry,
      accountId,
      region,
      now: () => clock.now(),
      ssm: (name, version) => this.ssm.parameter(version === undefined ? name : `${name}:${version}`).value,
    };
    const deployer = new Deployer(deployment);
    const service = new CloudFormationService({
      repository: this.stacks,
      registry,
      deployer,
      deployment,
      s3: this.objects,
      deployed: (stackId) => this.stacks.template(stackId),
      ssm: (name) => this.ssm.find(name)?.value,
      now: () => clock.now(),
      arn: (resource) => this.arn('cloudformation', resource),
    });
    this.stackService = service;
    return { service, deployer };
  }

  /** Provisions what `cdk deploy` expects, once. */
  async bootstrap(cloudFormation: CloudFormationService): Promise<void> {
    if (this.stacks.find(bootstrapStackName) !== undefined) return;
    const input = {
      StackName: bootstrapStackName,
      TemplateBody: JSON.stringify(bootstrapTemplate),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    };
    await cloudFormation.operations.CreateStack?.(input, {
      principal: this.access.service,
      requestId: '',
      region: this.parts.region,
      headers: {},
    });
    const stack = this.stacks.stack(bootstrapStackName);
    if (stack.status !== 'CREATE_COMPLETE')
      throw new AwsError('BootstrapFailed', `could not provision the bootstrap stack: ${stack.reason ?? stack.status}`);
  }

  private cloudFormationService(): CloudFormationService {
    if (this.stackService === undefined) throw new Error('the account is still being put together');
    return this.stackService;
  }
}
