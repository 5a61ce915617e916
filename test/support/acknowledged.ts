import type { Account } from '@mooring/local-account';
import { messageOf } from '@mooring/local-account/src/core/errors';
import type { Body } from '@mooring/local-account/src/core/service';

const bucket = 'withstand';
const group = '/withstand';

/** Writes to services that keep state in different ways, remembers what was acknowledged, and checks it later. */
export class Acknowledged {
  private readonly parameters = new Map<string, string>();
  private readonly objects = new Map<string, string>();
  private readonly metrics: string[] = [];
  private readonly lines: string[] = [];
  private readonly messages: string[] = [];
  private count = 0;
  refused = 0;

  constructor(
    private account: Account,
    /** Called with the kind and size of every write that was acknowledged. */
    private readonly acknowledged: (kind: number, size: number) => void = () => undefined,
  ) {}

  /** Takes over what another process was acknowledged; its last write may have been kept without. */
  static of(account: Account, writes: readonly (readonly [kind: number, size: number])[]): Acknowledged {
    const made = new Acknowledged(account);
    made.exact = false;
    for (const [kind, size] of writes) made.note(kind, size);
    return made;
  }

  private exact = true;

  /** What the writes need. */
  async prepare(): Promise<void> {
    await this.call('ssm', 'PutParameter', { Name: 'first', Value: 'v', Type: 'String' });
    await this.call('cloudformation', 'CreateStack', {
      StackName: 'withstand',
      TemplateBody: JSON.stringify({
        Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucket } } },
      }),
    });
    await this.account.clock.settled();
    await this.call('logs', 'CreateLogGroup', { logGroupName: group });
    await this.call('logs', 'CreateLogStream', { logGroupName: group, logStreamName: 's' });
    await this.call('sqs', 'CreateQueue', { QueueName: 'withstand' });
  }

  /** One write of one of five kinds. @throws what is no refusal for want of room. */
  async write(kind: number, size: number): Promise<void> {
    const { name, value } = this.next(size);
    try {
      await this.writes[kind % 5]?.(name, value);
      this.remember(kind, name, value);
      this.acknowledged(kind, size);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'InsufficientStorage') throw error;
      this.refused += 1;
    }
  }

  private note(kind: number, size: number): void {
    const { name, value } = this.next(size);
    this.remember(kind, name, value);
  }

  private next(size: number): { readonly name: string; readonly value: string } {
    this.count += 1;
    const name = `n${this.count}`;
    return { name, value: `${name} ${'x'.repeat(size)}` };
  }

  private remember(kind: number, name: string, value: string): void {
    [
      () => this.parameters.set(name, value.slice(0, 4_000)),
      () => this.objects.set(name, value),
      () => this.metrics.push(name),
      () => this.lines.push(value),
      () => this.messages.push(name),
    ][kind % 5]?.();
  }

  /** What an account on the same state does not know, or knows though it was refused. */
  async complaints(account: Account): Promise<readonly string[]> {
    this.account = account;
    const { s3 } = account.parts;
    const wrong: string[] = [];
    const expect = async (what: string, wanted: unknown, found: () => Promise<unknown> | unknown): Promise<void> => {
      const got = await Promise.resolve()
        .then(found)
        .catch((error: unknown) => messageOf(error));
      if (!this.agrees(wanted, got))
        wrong.push(
          `${what}: ${JSON.stringify(got)?.slice(0, 800)} in place of ${JSON.stringify(wanted).slice(0, 200)}`,
        );
    };
    for (const [name, value] of this.parameters)
      await expect(`parameter ${name}`, value, async () => {
        const { Parameter } = await this.call('ssm', 'GetParameter', { Name: name });
        return (Parameter as Body)['Value'];
      });
    for (const [key, value] of this.objects)
      await expect(`object ${key}`, value, () => s3.read(bucket, key).toString());
    await expect('objects', [...this.objects.keys()].sort(), () =>
      s3
        .list(bucket)
        .map(({ key }) => key)
        .sort(),
    );
    await expect('metrics', this.metrics, async () => {
      const { Metrics } = await this.call('monitoring', 'ListMetrics', { Namespace: 'Withstand' });
      return (Metrics as readonly Body[]).map((each) => each['MetricName']);
    });
    await expect('log lines', this.lines, async () => {
      const { events } = await this.call('logs', 'GetLogEvents', {
        logGroupName: group,
        logStreamName: 's',
        startFromHead: true,
      });
      return (events as readonly Body[]).map((each) => each['message']);
    });
    await expect('messages', this.messages.length, async () => {
      const { Attributes } = await this.call('sqs', 'GetQueueAttributes', {
        QueueUrl: this.queue(),
        AttributeNames: ['ApproximateNumberOfMessages'],
      });
      return Number((JSON.parse(JSON.stringify(Attributes)) as Body)['ApproximateNumberOfMessages']);
    });
    return wrong;
  }

  private readonly writes: readonly ((name: string, value: string) => Promise<void>)[] = [
    async (name, value) => {
      await this.call('ssm', 'PutParameter', { Name: name, Value: value.slice(0, 4_000), Type: 'String' });
    },
    async (name, value) => {
      await Promise.resolve();
      this.account.parts.s3.put(bucket, name, value);
    },
    async (name) => {
      await this.call('monitoring', 'PutMetricData', {
        Namespace: 'Withstand',
        MetricData: [{ MetricName: name, Value: 1 }],
      });
    },
    async (_, value) => {
      const logEvents = [{ timestamp: this.account.clock.now().getTime(), message: value }];
      await this.call('logs', 'PutLogEvents', { logGroupName: group, logStreamName: 's', logEvents });
    },
    async (_, value) => {
      await this.call('sqs', 'SendMessage', { QueueUrl: this.queue(), MessageBody: value });
    },
  ];

  private agrees(wanted: unknown, got: unknown): boolean {
    if (JSON.stringify(got) === JSON.stringify(wanted)) return true;
    if (this.exact) return false;
    if (typeof wanted === 'number') return got === wanted + 1;
    return (
      Array.isArray(wanted) &&
      Array.isArray(got) &&
      got.length === wanted.length + 1 &&
      wanted.every((each) => got.includes(each))
    );
  }

  private queue(): string {
    return `${this.account.endpointUrl()}/${this.account.parts.accountId}/withstand`;
  }

  private call(service: string, operation: string, input: Body): Promise<Body> {
    const { parts } = this.account;
    return parts.call(service, operation, input, parts.iam.administrator);
  }
}
