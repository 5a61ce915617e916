import { AwsError, Unsupported } from '../../../core/errors';
import { body, list, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { parseArn } from '../../shared/arn';
import type { CodeStore } from '../runtime/code-store';
import {
  runtimes,
  type AliasRecord,
  type AsyncSettings,
  type CodeRecord,
  type FunctionRecord,
} from '../runtime/function-record';

const missing = (arn: string): AwsError => new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
const invalid = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

/** Stored functions, versions, aliases and their settings. */
export class Functions {
  private readonly latest: Collection<FunctionRecord>;
  private readonly versions: Collection<FunctionRecord>;
  private readonly aliases: Collection<AliasRecord>;
  readonly asyncSettings: Collection<AsyncSettings>;
  readonly concurrency: Collection<number>;

  constructor(
    private readonly account: AccountParts,
    private readonly code: CodeStore,
  ) {
    this.latest = account.store.collection('lambda.functions');
    this.versions = account.store.collection('lambda.versions');
    this.aliases = account.store.collection('lambda.aliases');
    this.asyncSettings = account.store.collection('lambda.async-settings');
    this.concurrency = account.store.collection('lambda.concurrency');
  }

  all(): readonly FunctionRecord[] {
    return this.latest.values();
  }

  arn(name: string): string {
    return this.account.arn('lambda', `function:${name}`);
  }

  /** The function, version or what an alias points to. @throws AwsError ResourceNotFoundException. */
  require(name: string, qualifier?: string): FunctionRecord {
    const wanted =
      qualifier === undefined || qualifier === '$LATEST'
        ? '$LATEST'
        : (this.aliases.get(`${name}:${qualifier}`)?.version ?? qualifier);
    const record = wanted === '$LATEST' ? this.latest.get(name) : this.versions.get(`${name}:${wanted}`);
    if (record === undefined)
      throw missing(qualifier === undefined ? this.arn(name) : `${this.arn(name)}:${qualifier}`);
    return record;
  }

  create(input: Body): FunctionRecord {
    const name = text(input, 'FunctionName');
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
      throw invalid(`'${name}' is not a function name; 1 to 64 of letters, digits, - and _`);
    if (this.latest.get(name) !== undefined)
      throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409);
    const handler = text(input, 'Handler');
    const base: Pick<FunctionRecord, 'name' | 'arn' | 'version' | 'tags'> = {
      name,
      arn: this.arn(name),
      version: '$LATEST',
      tags: body(input, 'Tags') as Readonly<Record<string, string>>,
    };
    const record = {
      ...base,
      ...this.settings(input, undefined, name),
      code: this.codeOf(body(input, 'Code'), handler),
      lastModified: this.now(),
      revisionId: this.account.newId(),
    };
    this.latest.put(name, record);
    return record;
  }

  updateConfiguration(name: string, input: Body): FunctionRecord {
    const before = this.require(name);
    return this.save({ ...before, ...this.settings(input, before, name) });
  }

  updateCode(name: string, input: Body): FunctionRecord {
    const before = this.require(name);
    return this.save({ ...before, code: this.codeOf(input, before.handler) });
  }

  tag(name: string, change: (tags: FunctionRecord['tags']) => FunctionRecord['tags']): void {
    const record = this.require(name);
    this.latest.put(name, { ...record, tags: change(record.tags) });
  }

  delete(name: string, qualifier: string | undefined): void {
    this.require(name, qualifier);
    if (qualifier !== undefined && qualifier !== '$LATEST') {
      this.versions.delete(`${name}:${qualifier}`);
      return;
    }
    this.latest.delete(name);
    this.concurrency.delete(name);
    for (const collection of [this.versions, this.aliases, this.asyncSettings])
      for (const [key] of collection.entries()) if (key.startsWith(`${name}:`)) collection.delete(key);
  }

  /** A version of the present code and settings; the newest one again when nothing changed since. */
  /** @param sha256 what the code must be; any when absent. */
  publish(name: string, description: string | undefined, sha256?: string): FunctionRecord {
    const record = this.require(name);
    const current = Buffer.from(record.code.sha256, 'hex').toString('base64');
    if (sha256 !== undefined && sha256 !== current)
      throw new AwsError(
        'InvalidParameterValueException',
        `CodeSHA256 (${sha256}) is different from current CodeSHA256 in $LATEST (${current}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    const before = this.versionsOf(name).at(-1);
    if (before?.revisionId === record.revisionId) return before;
    const version = String(Number(before?.version ?? 0) + 1);
    const published = { ...record, version, description: description ?? record.description };
    this.versions.put(`${name}:${version}`, published);
    return published;
  }

  versionsOf(name: string): readonly FunctionRecord[] {
    this.require(name);
    return this.versions.values().filter((each) => each.name === name);
  }

  putAlias(name: string, input: Body, mustExist: boolean): AliasRecord {
    const alias = text(input, 'Name');
    const before = this.aliases.get(`${name}:${alias}`);
    if (mustExist && before === undefined) throw missing(`${this.arn(name)}:${alias}`);
    if (!mustExist && before !== undefined)
      throw new AwsError('ResourceConflictException', `Alias already exists: ${this.arn(name)}:${alias}`, 409);
    if (Object.keys(body(body(input, 'RoutingConfig'), 'AdditionalVersionWeights')).length > 0)
      throw new Unsupported('weighted aliases (RoutingConfig)');
    const version = optionalText(input, 'FunctionVersion') ?? before?.version ?? '$LATEST';
    this.require(name, version);
    const record: AliasRecord = {
      name: alias,
      functionName: name,
      arn: `${this.arn(name)}:${alias}`,
      version,
      description: optionalText(input, 'Description') ?? before?.description ?? '',
    };
    this.aliases.put(`${name}:${alias}`, record);
    return record;
  }

  alias(name: string, alias: string): AliasRecord {
    const record = this.aliases.get(`${name}:${alias}`);
    if (record === undefined) throw missing(`${this.arn(name)}:${alias}`);
    return record;
  }

  aliasesOf(name: string): readonly AliasRecord[] {
    return this.aliases.values().filter((each) => each.functionName === name);
  }

  deleteAlias(name: string, alias: string): void {
    this.aliases.delete(`${name}:${alias}`);
  }

  private save(record: FunctionRecord): FunctionRecord {
    const saved = { ...record, lastModified: this.now(), revisionId: this.account.newId() };
    this.latest.put(record.name, saved);
    return saved;
  }

  private now(): number {
    return this.account.clock.now().getTime();
  }

  private settings(
    input: Body,
    before: FunctionRecord | undefined,
    name: string,
  ): Omit<FunctionRecord, 'name' | 'arn' | 'version' | 'tags' | 'code' | 'lastModified' | 'revisionId'> {
    if (optionalText(input, 'PackageType') === 'Image')
      throw new Unsupported('functions from container images', 'package the function as a zip for Node.js');
    if (textList(input, 'Layers').length > 0) throw new Unsupported('Lambda layers', 'bundle what the function needs');
    const runtime = optionalText(input, 'Runtime') ?? before?.runtime ?? '';
    if (!runtimes.includes(runtime) && !awsRuntimes.test(runtime))
      throw new AwsError(
        'InvalidParameterValueException',
        `Value ${runtime} at 'runtime' failed to satisfy constraint: it is no runtime, or one that is no longer supported for creating or updating functions`,
      );
    const architectures = textList(input, 'Architectures');
    if (architectures.length > 1 || architectures.some((each) => !['x86_64', 'arm64'].includes(each)))
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '[${architectures.join(', ')}]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1, and be one of [x86_64, arm64]`,
      );
    if (!runtimes.includes(runtime))
      throw new Unsupported(`the runtime '${runtime}' of function ${name}`, `supported: ${runtimes.join(', ')}`);
    const role = optionalText(input, 'Role') ?? before?.role ?? '';
    this.account.iam.roleByArn(role);
    const environment =
      input.Environment === undefined
        ? (before?.environment ?? {})
        : textMap(body(body(input, 'Environment'), 'Variables'));
    checkEnvironment(environment);
    const deadLetter =
      input.DeadLetterConfig === undefined
        ? before?.deadLetterArn
        : optionalText(body(input, 'DeadLetterConfig'), 'TargetArn');
    if (deadLetter !== undefined && deadLetter !== '') this.checkDeadLetters(role, deadLetter);
    const logging = body(input, 'LoggingConfig');
    return {
      runtime,
      role,
      environment,
      handler: optionalText(input, 'Handler') ?? before?.handler ?? '',
      description: optionalText(input, 'Description') ?? before?.description ?? '',
      timeout: between(optionalNumber(input, 'Timeout') ?? before?.timeout ?? 3, 1, 900, 'Timeout'),
      memory: between(optionalNumber(input, 'MemorySize') ?? before?.memory ?? 128, 128, 10_240, 'MemorySize'),
      deadLetterArn: deadLetter === '' ? undefined : deadLetter,
      kmsKeyArn: optionalText(input, 'KMSKeyArn') ?? before?.kmsKeyArn,
      architectures:
        list(input, 'Architectures').length > 0
          ? textList(input, 'Architectures')
          : (before?.architectures ?? ['x86_64']),
      ephemeralStorage: optionalNumber(body(input, 'EphemeralStorage'), 'Size') ?? before?.ephemeralStorage ?? 512,
      tracing: optionalText(body(input, 'TracingConfig'), 'Mode') ?? before?.tracing ?? 'PassThrough',
      logging: {
        format: optionalText(logging, 'LogFormat') ?? before?.logging.format ?? 'Text',
        group: optionalText(logging, 'LogGroup') ?? before?.logging.group ?? `/aws/lambda/${name}`,
      },
    };
  }

  /** @throws AwsError InvalidParameterValueException in Lambda's words when the role may not send there. */
  private checkDeadLetters(role: string, target: string): void {
    const queue = parseArn(target).service === 'sqs';
    const action = queue ? 'sqs:SendMessage' : 'sns:Publish';
    try {
      this.account.iam.authorize(this.account.iam.roleByArn(role), [{ action, resource: target }]);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') throw error;
      throw new AwsError(
        'InvalidParameterValueException',
        `The provided execution role does not have permissions to call ${queue ? 'SendMessage on SQS' : 'Publish on SNS'}: ${error.message}`,
      );
    }
  }

  /** @throws AwsError InvalidParameterValueException in Lambda's words when S3 does not have it. */
  private stored(bucket: string, key: string): Buffer {
    try {
      return this.account.s3.read(bucket, key);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw invalid(
        `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message} (${bucket}/${key})`,
      );
    }
  }

  private codeOf(input: Body, handler: string): CodeRecord {
    if (input.ImageUri !== undefined)
      throw new Unsupported('functions from container images', 'package the function as a zip for Node.js');
    const [bucket, key] = [optionalText(input, 'S3Bucket'), optionalText(input, 'S3Key')];
    if (bucket !== undefined && key !== undefined) return this.code.add(this.stored(bucket, key), { bucket, key });
    const zip = input.ZipFile;
    if (typeof zip === 'string' && input.InlineSource === true)
      return this.code.addSource(`${handler.split('.')[0] ?? 'index'}.js`, zip);
    if (zip instanceof Uint8Array) return this.code.add(Buffer.from(zip));
    if (typeof zip === 'string') return this.code.add(Buffer.from(zip, 'base64'));
    throw invalid('Please provide a source for function code: ZipFile, or S3Bucket and S3Key.');
  }
}

function textMap(input: Body): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)]));
}

function between(value: number, low: number, high: number, member: string): number {
  if (!Number.isInteger(value) || value < low || value > high)
    throw invalid(`'${member}' is ${value}; a whole number from ${low} to ${high} is needed`);
  return value;
}

/** Runtimes that Lambda still creates functions with (aws-facts.md 1.7), whatever the account can run. */
const awsRuntimes =
  /^(nodejs(22|24)\.x|python3\.1[0-5]|java(11|17|21|25)|java8\.al2|dotnet(8|10)|ruby3\.[2-4]|provided\.al20?2?3?)$/;

/** @throws AwsError InvalidParameterValueException in Lambda's words: all variables together, written as JSON, have 4 KB. */
function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > 4096)
    throw new AwsError(
      'InvalidParameterValueException',
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    );
}
