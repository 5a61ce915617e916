import { AwsError } from '../../../core/errors';
import { bodies, list, optionalFlag, optionalText, text, textList } from '../../../core/input';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { Collection, Store } from '../../../core/store';
import { parseArn } from '../../shared/arn';

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly description: string;
  /** ISO-8601. */
  readonly modified: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Of a SecureString: as it was given, or the key that SSM has by itself. */
  readonly keyId?: string;
}

const types = ['String', 'StringList', 'SecureString'];
const managedKey = 'alias/aws/ssm';

/** Keys as far as SSM needs them. */
export type FindKey = (name: string) => { readonly arn: string; readonly policy: Body } | undefined;

/**
 * Parameter Store. Nothing on the disk is encrypted; but whoever reads a SecureString needs its key, and gets no plain text
 * without asking for decryption.
 */
export class SsmService implements AwsService {
  readonly signingName = 'ssm';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly parameters: Collection<Parameter>;

  constructor(
    store: Store,
    private readonly arn: (resource: string) => string,
    private readonly now: () => Date,
    private readonly findKey: FindKey = () => undefined,
  ) {
    this.parameters = store.collection('ssm.parameters');
    this.operations = {
      GetParameter: (input) => ({ Parameter: this.described(this.parameter(text(input, 'Name')), decrypts(input)) }),
      GetParameters: (input) => this.getParameters(textList(input, 'Names'), decrypts(input)),
      GetParametersByPath: (input) =>
        this.byPath(text(input, 'Path'), optionalFlag(input, 'Recursive') ?? false, decrypts(input)),
      PutParameter: (input) => this.putParameter(input),
      DeleteParameter: (input) => this.delete(text(input, 'Name')),
      DeleteParameters: (input) => this.deleteParameters(textList(input, 'Names')),
      DescribeParameters: (input) => this.describeParameters(input),
      GetParameterHistory: (input) => ({
        Parameters: [this.described(this.parameter(text(input, 'Name')), decrypts(input))],
      }),
      AddTagsToResource: (input) => this.addTags(input),
      RemoveTagsFromResource: (input) => this.removeTags(input),
      ListTagsForResource: (input) => ({
        TagList: Object.entries(this.parameter(text(input, 'ResourceId')).tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const names = [
      optionalText(input, 'Name') ?? optionalText(input, 'Path') ?? optionalText(input, 'ResourceId'),
      ...list(input, 'Names'),
    ].filter((each): each is string => typeof each === 'string');
    const resources = names.map((name) => this.parameterArn(plainName(name)));
    return [
      ...(resources.length === 0 ? ['*'] : resources).map((resource) => ({ action: `ssm:${operation}`, resource })),
      ...(decrypts(input) ? names.flatMap((name) => this.decryption(name)) : []),
    ];
  }

  /** What reading a SecureString in plain text takes beside it; SSM's own key is for all of the account. */
  private decryption(name: string): readonly Permission[] {
    const found = this.parameters.get(plainName(name).split(':')[0] ?? '');
    const key = found?.keyId === undefined ? undefined : this.findKey(found.keyId);
    if (found === undefined || key === undefined) return [];
    const resource = this.parameterArn(found.name);
    const { region, accountId } = parseArn(resource);
    const context = {
      'kms:ViaService': `ssm.${region}.amazonaws.com`,
      'kms:CallerAccount': accountId,
      'kms:EncryptionContext:PARAMETER_ARN': resource,
    };
    return [{ action: 'kms:Decrypt', resource: key.arn, resourcePolicy: key.policy, context }];
  }

  find(name: string): Parameter | undefined {
    return this.parameters.get(plainName(name));
  }

  /** @throws AwsError ParameterNotFound. A name may end in `:version`; only the newest version is kept. */
  parameter(name: string): Parameter {
    const [plain = '', version] = plainName(name).split(':');
    const found = this.parameters.get(plain);
    if (found === undefined) throw new AwsError('ParameterNotFound', `parameter ${plain} does not exist`);
    if (version !== undefined && Number(version) !== found.version)
      throw new AwsError(
        'ParameterVersionNotFound',
        `version ${version} of ${plain} is not kept; the newest is ${found.version}`,
      );
    return found;
  }

  put(given: {
    readonly name: string;
    readonly value: string;
    readonly type?: string;
    readonly description?: string;
    readonly tags?: Readonly<Record<string, string>>;
    /** @default SSM's own */
    readonly keyId?: string;
  }): Parameter {
    const previous = this.parameters.get(given.name);
    const type = given.type ?? previous?.type ?? 'String';
    if (!/^[A-Za-z0-9_.\-/]{1,1011}$/.test(given.name))
      throw new AwsError(
        'ValidationException',
        `'${given.name}' is no parameter name; allowed: letters, digits and .-_/`,
      );
    if (!types.includes(type))
      throw new AwsError('UnsupportedParameterType', `'${type}' is no parameter type; allowed: ${types.join(', ')}`);
    const parameter: Parameter = {
      name: given.name,
      type,
      value: given.value,
      version: (previous?.version ?? 0) + 1,
      description: given.description ?? previous?.description ?? '',
      modified: this.now().toISOString(),
      tags: given.tags ?? previous?.tags ?? {},
      ...(type === 'SecureString' ? { keyId: this.keyOf(given.keyId) } : {}),
    };
    this.parameters.put(parameter.name, parameter);
    return parameter;
  }

  /** @throws AwsError InvalidKeyId. */
  private keyOf(keyId = managedKey): string {
    if (keyId === managedKey || this.findKey(keyId) !== undefined) return keyId;
    throw new AwsError('InvalidKeyId', `the key ${keyId} does not exist`);
  }

  delete(name: string): void {
    if (!this.parameters.delete(plainName(name)))
      throw new AwsError('ParameterNotFound', `parameter ${name} does not exist`);
  }

  parameterArn(name: string): string {
    return this.arn(`parameter${name.startsWith('/') ? '' : '/'}${name}`);
  }

  private putParameter(input: Body): Body {
    const name = text(input, 'Name');
    if (this.parameters.get(name) !== undefined && optionalFlag(input, 'Overwrite') !== true)
      throw new AwsError(
        'ParameterAlreadyExists',
        `the parameter ${name} already exists; to overwrite it set Overwrite`,
      );
    const tags = bodies(input, 'Tags');
    const stored = this.put({
      name,
      value: text(input, 'Value'),
      type: optionalText(input, 'Type'),
      description: optionalText(input, 'Description'),
      keyId: optionalText(input, 'KeyId'),
      tags:
        tags.length === 0
          ? undefined
          : Object.fromEntries(tags.map((tag) => [text(tag, 'Key'), optionalText(tag, 'Value') ?? ''])),
    });
    return { Version: stored.version, Tier: 'Standard' };
  }

  private getParameters(names: readonly string[], plain: boolean): Body {
    const found = names.map((name) => ({ name, parameter: this.find(name) }));
    return {
      Parameters: found.flatMap(({ parameter }) => (parameter === undefined ? [] : [this.described(parameter, plain)])),
      InvalidParameters: found.filter(({ parameter }) => parameter === undefined).map(({ name }) => name),
    };
  }

  private byPath(path: string, recursive: boolean, plain: boolean): Body {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    const below = this.sorted().filter(
      ({ name }) => name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/')),
    );
    return { Parameters: below.map((each) => this.described(each, plain)) };
  }

  private deleteParameters(names: readonly string[]): Body {
    const deleted = names.filter((name) => this.parameters.delete(plainName(name)));
    return { DeletedParameters: deleted, InvalidParameters: names.filter((name) => !deleted.includes(name)) };
  }

  private describeParameters(input: Body): Body {
    let found = this.sorted();
    for (const filter of bodies(input, 'ParameterFilters')) {
      const values = textList(filter, 'Values');
      const option = optionalText(filter, 'Option') ?? 'Equals';
      if (text(filter, 'Key') !== 'Name')
        throw new AwsError(
          'InvalidFilterKey',
          `the filter key '${text(filter, 'Key')}' is not supported; allowed: Name`,
        );
      found = found.filter(({ name }) =>
        values.some((value) =>
          option === 'BeginsWith'
            ? name.startsWith(value)
            : option === 'Contains'
              ? name.includes(value)
              : name === value,
        ),
      );
    }
    return {
      Parameters: found.map((each) => ({
        Name: each.name,
        ARN: this.parameterArn(each.name),
        Type: each.type,
        LastModifiedDate: new Date(each.modified),
        Description: each.description,
        Version: each.version,
        Tier: 'Standard',
        DataType: 'text',
        ...(each.keyId === undefined ? {} : { KeyId: each.keyId }),
      })),
    };
  }

  private addTags(input: Body): void {
    const parameter = this.parameter(text(input, 'ResourceId'));
    const added = Object.fromEntries(
      bodies(input, 'Tags').map((tag) => [text(tag, 'Key'), optionalText(tag, 'Value') ?? '']),
    );
    this.parameters.put(parameter.name, { ...parameter, tags: { ...parameter.tags, ...added } });
  }

  private removeTags(input: Body): void {
    const parameter = this.parameter(text(input, 'ResourceId'));
    const gone = textList(input, 'TagKeys');
    this.parameters.put(parameter.name, {
      ...parameter,
      tags: Object.fromEntries(Object.entries(parameter.tags).filter(([key]) => !gone.includes(key))),
    });
  }

  private sorted(): readonly Parameter[] {
    return [...this.parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private described(each: Parameter, plain: boolean): Body {
    return {
      Name: each.name,
      Type: each.type,
      Value: each.type === 'SecureString' && !plain ? sealed(each) : each.value,
      Version: each.version,
      LastModifiedDate: new Date(each.modified),
      ARN: this.parameterArn(each.name),
      DataType: 'text',
    };
  }
}

/** A parameter may be addressed by its arn. */
function plainName(name: string): string {
  const resource = /^arn:aws[a-z-]*:ssm:[^:]*:[^:]*:parameter(\/.*)$/.exec(name)?.[1];
  return resource ?? name;
}

const decrypts = (input: Body): boolean => optionalFlag(input, 'WithDecryption') ?? false;

/** Stands for the cipher text: the same for the same version, and nothing of the value in it. */
const sealed = ({ name, version }: Parameter): string =>
  Buffer.from(`not decrypted: version ${version} of ${name}`).toString('base64');
