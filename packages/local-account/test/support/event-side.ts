import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { LambdaClient, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import { Account } from '../../src/account';
import type { TraceRecord, TraceType } from '../../src/core/trace';
import { clientConfig, type ClientConfig } from './clients';

/** A running account on a temporary folder with clients of the services that carry events. Time stands still unless the clock is advanced. */
export class EventSide {
  readonly folder = mkdtempSync(join(tmpdir(), 'mooring-event-side-'));
  account: Account;

  /** 09:00 UTC on a Friday, on the minute. */
  static readonly start = Date.parse('2026-11-20T09:00:00Z');

  /** @param env added to the environment that the account starts in. */
  constructor(private readonly env: Readonly<Record<string, string>> = {}) {
    this.account = this.made();
  }

  async up(): Promise<this> {
    await this.account.start();
    return this;
  }

  /** Stops and starts on the same state. */
  async restart(): Promise<void> {
    await this.account.stop();
    this.account = this.made();
    await this.account.start();
  }

  async down(): Promise<void> {
    await this.account.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Moves virtual time on. */
  advance(minutes: number): Promise<void> {
    return this.account.clock.advance(minutes * 60_000);
  }

  get config(): ClientConfig {
    return clientConfig(this.account);
  }

  get clients(): {
    events: EventBridgeClient;
    scheduler: SchedulerClient;
    cloudwatch: CloudWatchClient;
    sns: SNSClient;
    sqs: SQSClient;
    lambda: LambdaClient;
    iam: IAMClient;
    logs: CloudWatchLogsClient;
  } {
    const { config } = this;
    return {
      events: new EventBridgeClient(config),
      scheduler: new SchedulerClient(config),
      cloudwatch: new CloudWatchClient(config),
      sns: new SNSClient(config),
      sqs: new SQSClient(config),
      lambda: new LambdaClient(config),
      iam: new IAMClient(config),
      logs: new CloudWatchLogsClient(config),
    };
  }

  traces<T extends TraceType>(type: T): readonly TraceRecord<T>['data'][] {
    return this.account.trace
      .read()
      .filter((each) => each.type === type)
      .map((each) => each.data as TraceRecord<T>['data']);
  }

  /** A role for a service, with one policy; gives its ARN. */
  async role(
    name: string,
    service: string,
    actions: readonly string[] = [],
    resources: readonly string[] = ['*'],
  ): Promise<string> {
    const { iam } = this.clients;
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    };
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    if (actions.length > 0) {
      const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: resources }] };
      await iam.send(
        new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument: JSON.stringify(policy) }),
      );
    }
    return Role?.Arn ?? '';
  }

  /** A Node.js function from the text of its index.js; gives its ARN. */
  async function(
    name: string,
    source: string,
    options: {
      readonly role?: string;
      readonly environment?: Readonly<Record<string, string>>;
      readonly timeout?: number;
      readonly file?: string;
    } = {},
  ): Promise<string> {
    const Role =
      options.role ??
      (await this.role(`${name}-role`, 'lambda.amazonaws.com', ['logs:CreateLogStream', 'logs:PutLogEvents']));
    const ZipFile = zipSync({ [options.file ?? 'index.js']: Buffer.from(source) });
    const { FunctionArn } = await this.clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role,
        Code: { ZipFile },
        Timeout: options.timeout ?? 10,
        Environment: { Variables: options.environment ?? {} },
      }),
    );
    return FunctionArn ?? '';
  }

  private made(): Account {
    return new Account({
      folder: this.folder,
      realNow: () => EventSide.start,
      env: { ...process.env, ...this.env },
    });
  }
}
