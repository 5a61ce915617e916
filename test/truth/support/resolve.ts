import type { Resource, StackTemplate, Variant } from './variants';

const account = '111122223333';
const region = 'eu-central-1';

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Region': region,
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Stack',
  'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/Stack/1`,
};

type Text = string;
type Named = (name: string) => Text;

/** ARN by type; the name is the physical one, else the logical id. */
const arns: Readonly<Record<string, Named>> = {
  'AWS::ApiGatewayV2::Api': (name) => `arn:aws:apigateway:${region}::/apis/${name}`,
  'AWS::CloudWatch::Alarm': (name) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
  'AWS::CloudWatch::CompositeAlarm': (name) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
  'AWS::CodeBuild::Project': (name) => `arn:aws:codebuild:${region}:${account}:project/${name}`,
  'AWS::CodeConnections::Connection': () => `arn:aws:codeconnections:${region}:${account}:connection/1-2-3`,
  'AWS::CodePipeline::Pipeline': (name) => `arn:aws:codepipeline:${region}:${account}:${name}`,
  'AWS::Events::Rule': (name) => `arn:aws:events:${region}:${account}:rule/${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::${account}:role/${name}`,
  'AWS::IAM::ManagedPolicy': (name) => `arn:aws:iam::${account}:policy/${name}`,
  'AWS::KMS::Key': (name) => `arn:aws:kms:${region}:${account}:key/${name}`,
  'AWS::Lambda::Function': (name) => `arn:aws:lambda:${region}:${account}:function:${name}`,
  'AWS::Logs::LogGroup': (name) => `arn:aws:logs:${region}:${account}:log-group:${name}:*`,
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::SNS::Topic': (name) => `arn:aws:sns:${region}:${account}:${name}`,
  'AWS::SQS::Queue': (name) => `arn:aws:sqs:${region}:${account}:${name}`,
  'AWS::SageMaker::DataQualityJobDefinition': (name) =>
    `arn:aws:sagemaker:${region}:${account}:data-quality-job-definition/${name.toLowerCase()}`,
  'AWS::SageMaker::Pipeline': (name) => `arn:aws:sagemaker:${region}:${account}:pipeline/${name}`,
  'AWS::Scheduler::Schedule': (name) => `arn:aws:scheduler:${region}:${account}:schedule/default/${name}`,
};

/** Types whose Ref is their ARN. */
const refIsArn = ['AWS::SNS::Topic', 'AWS::IAM::ManagedPolicy', 'AWS::CodeConnections::Connection'];

const nameProperty =
  /^(AlarmName|FunctionName|RoleName|BucketName|TopicName|QueueName|LogGroupName|Name|PipelineName|ManagedPolicyName|ModelPackageGroupName)$/;

/** Values of a template as they are once it is deployed to an account of eu-central-1. */
export class Resolver {
  private readonly exports: ReadonlyMap<string, unknown>;

  constructor(
    private readonly template: StackTemplate,
    variant: Variant,
  ) {
    this.exports = new Map(
      variant.templates.flatMap((each) => {
        const inside = each === template ? this : new Resolver(each, { ...variant, templates: [] });
        return each.exports.map(({ name, value }) => [inside.text(name), inside.text(value)] as const);
      }),
    );
  }

  /** A list of texts, or one. */
  texts(value: unknown): readonly string[] {
    return Array.isArray(value) ? value.map((each) => this.text(each)) : [this.text(value)];
  }

  /** @throws Error for an intrinsic function that it does not know. */
  text(value: unknown): string {
    if (typeof value !== 'object' || value === null) return String(value);
    const [[intrinsic, inner] = ['', undefined]] = Object.entries(value);
    const parts = Array.isArray(inner) ? (inner as readonly unknown[]) : [];
    switch (intrinsic) {
      case 'Ref':
        return this.reference(String(inner));
      case 'Fn::GetAtt':
        return this.attribute(String(parts[0]), String(parts[1]));
      case 'Fn::Join':
        return this.texts(parts[1]).join(String(parts[0]));
      case 'Fn::Sub':
        return this.text(parts[0] ?? inner).replace(/\$\{([^}!]+)\}/g, (_, name: string) =>
          name.includes('.')
            ? this.attribute(name.split('.')[0] ?? '', name.split('.')[1] ?? '')
            : this.reference(name),
        );
      case 'Fn::ImportValue':
        return String(this.exports.get(this.text(inner)) ?? `import-${this.text(inner)}`);
      case 'Fn::FindInMap':
        return this.mapped(parts);
      case 'Fn::Split':
        return this.text(parts[1]);
      case 'Fn::Select':
        return 'selected';
      default:
        throw new Error(`intrinsic ${intrinsic} is not known to the resolver`);
    }
  }

  /** An object with every text in it resolved; keys stay. */
  document(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.document(each));
    if (typeof value !== 'object' || value === null) return value;
    const keys = Object.keys(value);
    if (keys.length === 1 && /^(Ref|Fn::.+)$/.test(keys[0] ?? '')) return this.text(value);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.document(each)]));
  }

  /** The physical name that the template gives, else the logical id. */
  nameOf(id: string, { Properties = {} }: Resource): string {
    const [, given] = Object.entries(Properties).find(([key]) => nameProperty.test(key)) ?? [];
    return given === undefined ? id : this.text(given);
  }

  /** ARNs of everything that the template creates, as far as their form is known here. */
  created(): readonly string[] {
    return Object.entries(this.template.resources)
      .filter(([, { Type }]) => arns[Type] !== undefined)
      .map(([id, resource]) => this.arnOf(id, resource));
  }

  private reference(name: string): string {
    const known = pseudo[name];
    if (known !== undefined) return known;
    const resource = this.template.resources[name];
    if (resource === undefined) return name;
    return refIsArn.includes(resource.Type) ? this.arnOf(name, resource) : this.nameOf(name, resource);
  }

  private attribute(id: string, attribute: string): string {
    const resource = this.template.resources[id];
    if (resource === undefined) throw new Error(`${this.template.stack} has no ${id}`);
    return /Arn$/.test(attribute) ? this.arnOf(id, resource) : this.nameOf(id, resource);
  }

  private arnOf(id: string, resource: Resource): string {
    const arn = arns[resource.Type];
    if (arn === undefined) throw new Error(`the resolver does not know the ARN of ${resource.Type}`);
    return arn(this.nameOf(id, resource));
  }

  private mapped([map, ...keys]: readonly unknown[]): string {
    let found: unknown = this.template.mappings[String(map)];
    for (const key of keys) found = (found as Readonly<Record<string, unknown>> | undefined)?.[this.text(key)];
    return String(found);
  }
}
