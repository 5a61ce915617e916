import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Network } from '@mooring/use-case/sections/network';
import { arn } from '../config/arn';
import { allow } from '../config/grants';
import { intoVpc } from '../config/network';
import type { FunctionBundles } from './function-bundles';

export interface MooringFunctionProps {
  /** Folder below `lambda/`. */
  readonly code: string;
  readonly functionName: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Files beside the function's code, by name: for what an environment of 4 KB cannot hold. */
  readonly files?: Readonly<Record<string, string>>;
  readonly bundles: FunctionBundles;
  /** Where events go that the function could not handle. */
  readonly deadLetters: sqs.IQueue;
  /** Notified when the function fails; directly, because the notify function may be the one that fails. */
  readonly topic: sns.ITopic;
  /** Where the function runs. @default outside of a VPC */
  readonly network?: Network;
  /** Encrypts environment and log. */
  readonly key: kms.IKey;
  /** @default one minute */
  readonly timeout?: Duration;
}

/**
 * A function of this project: one bundle, one role of its own, one log group that is kept for a year.
 *
 * The role starts with its logs only; the stack that makes the function grants the rest.
 */
export class MooringFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: MooringFunctionProps) {
    super(scope, id);
    // Logs are evidence: the AI Act asks for at least six months.
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_YEAR,
      encryptionKey: props.key,
    });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `Role of the function ${props.functionName}`,
    });
    logGroup.grantWrite(this.role);
    this.function = new lambda.Function(this, 'Function', {
      functionName: props.functionName,
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.X86_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(codeOf(props)),
      role: this.role.withoutPolicyUpdates(),
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      timeout: props.timeout ?? Duration.minutes(1),
      memorySize: 512,
      logGroup,
      deadLetterQueue: props.deadLetters,
    });
    const resource = this.function.node.defaultChild as lambda.CfnFunction;
    // By the property: the construct's own option would let the whole role use the key.
    resource.kmsKeyArn = props.key.keyArn;
    allow(this.role, 'Environment', ['kms:Decrypt'], [props.key.keyArn], {
      conditions: {
        StringEquals: {
          'kms:EncryptionContext:aws:lambda:FunctionArn': arn('lambda', `function:${props.functionName}`),
        },
      },
    });
    intoVpc(resource, this.role, props.network);
    allow(this.role, 'DeadLetters', ['sqs:SendMessage'], [props.deadLetters.queueArn]);
    this.createAlarm('Errors', props, this.function.metricErrors(perPeriod), 'failed');
    this.createAlarm(
      'Throttles',
      props,
      this.function.metricThrottles(perPeriod),
      'was not run for want of concurrency',
    );
  }

  private createAlarm(
    id: 'Errors' | 'Throttles',
    { functionName, topic }: MooringFunctionProps,
    metric: cloudwatch.Metric,
    what: string,
  ): void {
    const section = `function-${id.toLowerCase()}`;
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmName: `${functionName}-${id.toLowerCase()}`,
      alarmDescription: `The function ${functionName} ${what}. See docs/operating.md#${section}`,
      metric,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
  }
}

const perPeriod = { period: Duration.minutes(5), statistic: 'Sum' } as const;

function codeOf({ bundles, code, functionName, files }: MooringFunctionProps): string {
  return files === undefined ? bundles.path(code) : bundles.pathWith(code, functionName, files);
}
