import { resolveParameters } from '../../../cloudformation/parameters';
import type { Plan } from '../../../cloudformation/change-set';
import type { ProviderRegistry } from '../../../cloudformation/registry';
import type { Stack } from '../../../cloudformation/stack';
import { parseTemplate, type Template } from '../../../cloudformation/template';
import { validateTemplate } from '../../../cloudformation/validate';
import { AwsError } from '../../../core/errors';
import { bodies, optionalFlag, optionalText, text, textList } from '../../../core/input';
import type { ObjectStore } from '../../../core/module';
import type { Body } from '../../../core/service';

const maxTemplateBytes = 1024 * 1024;

export interface RequestParts {
  readonly registry: ProviderRegistry;
  readonly s3: ObjectStore;
  /** Text of the deployed template of a stack. */
  readonly deployed: (stackId: string) => string;
  readonly ssm: (name: string) => string | undefined;
}

/** The plan a CreateStack, UpdateStack or CreateChangeSet request asks for. @throws AwsError before anything is created. */
export function planFrom(input: Body, stack: Stack | undefined, parts: RequestParts): Plan {
  const source = templateSource(input, stack, parts);
  const template = parseTemplate(source);
  validateTemplate(template, parts.registry);
  const capabilities = textList(input, 'Capabilities');
  checkCapabilities(template, capabilities);
  const given = bodies(input, 'Parameters').map((each) => ({
    key: text(each, 'ParameterKey'),
    value: optionalText(each, 'ParameterValue'),
    usePrevious: optionalFlag(each, 'UsePreviousValue') ?? false,
  }));
  const roleArn = optionalText(input, 'RoleARN') ?? stack?.roleArn;
  return {
    source,
    parameters: resolveParameters(template, given, stack?.parameters ?? {}, parts.ssm),
    tags:
      input.Tags === undefined
        ? (stack?.tags ?? [])
        : bodies(input, 'Tags').map((tag) => ({ key: text(tag, 'Key'), value: optionalText(tag, 'Value') ?? '' })),
    capabilities,
    notificationArns: textList(input, 'NotificationARNs'),
    disableRollback:
      (optionalFlag(input, 'DisableRollback') ?? false) ||
      optionalText(input, 'OnStackFailure') === 'DO_NOTHING' ||
      optionalText(input, 'OnFailure') === 'DO_NOTHING',
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

/** Text of the template: inline, from the previous deployment, or an object of this account's S3. */
export function templateSource(
  input: Body,
  stack: Stack | undefined,
  parts: Pick<RequestParts, 's3' | 'deployed'>,
): string {
  const inline = optionalText(input, 'TemplateBody');
  if (inline !== undefined) return inline;
  const url = optionalText(input, 'TemplateURL');
  if (url !== undefined) {
    const { bucket, key } = locationOf(url);
    const info = parts.s3.head(bucket, key);
    if (info === undefined)
      throw new AwsError(
        'ValidationError',
        `S3 error: there is no object ${key} in bucket ${bucket} (TemplateURL ${url})`,
      );
    if (info.size > maxTemplateBytes)
      throw new AwsError(
        'ValidationError',
        `the template has ${info.size} bytes; at most ${maxTemplateBytes} are allowed`,
      );
    return parts.s3.read(bucket, key).toString('utf8');
  }
  if (optionalFlag(input, 'UsePreviousTemplate') === true && stack !== undefined) return parts.deployed(stack.id);
  throw new AwsError('ValidationError', 'either TemplateBody, TemplateURL or UsePreviousTemplate must be given');
}

/** Bucket and key of https://s3.region.amazonaws.com/bucket/key, https://bucket.s3.region.amazonaws.com/key, s3://bucket/key or this account's own path-style URL. */
export function locationOf(url: string): { readonly bucket: string; readonly key: string } {
  const refuse = (): never => {
    throw new AwsError('ValidationError', `TemplateURL must reference a valid S3 object, not '${url}'`);
  };
  const direct = /^s3:\/\/([^/]+)\/(.+)$/.exec(url);
  if (direct?.[1] !== undefined && direct[2] !== undefined) return { bucket: direct[1], key: direct[2] };
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return refuse();
  }
  const path = decodeURIComponent(parsed.pathname).slice(1);
  const host = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?$/.exec(parsed.hostname)?.[1];
  if (host !== undefined) return { bucket: host, key: path };
  const slash = path.indexOf('/');
  if (slash < 1 || !/^(s3[.-].*|127\.0\.0\.1|localhost)$/.test(parsed.hostname)) return refuse();
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

/** Capabilities a template needs, as CloudFormation asks for them. */
export function neededCapabilities(template: Template): readonly string[] {
  const iam = Object.values(template.resources).filter(({ type }) => type.startsWith('AWS::IAM::'));
  if (iam.length === 0) return [];
  const named = iam.some(({ properties }) =>
    ['RoleName', 'ManagedPolicyName', 'UserName', 'GroupName'].some((name) => properties[name] !== undefined),
  );
  return [named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'];
}

function checkCapabilities(template: Template, given: readonly string[]): void {
  const missing = neededCapabilities(template).filter(
    (each) => !given.includes(each) && !(each === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')),
  );
  if (missing.length > 0)
    throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
}
