import { parseJson } from '../../core/json';
import { AwsError } from '../../core/errors';
import { isBody } from '../../core/input';
import type { Body } from '../../core/service';
import { evaluatePolicies, statementsOf, strings } from './policy';

/** An AWS service that acts for a resource: EventBridge for a rule, SNS for a subscription ... */
export interface Source {
  /** Service principal, e.g. events.amazonaws.com. */
  readonly service: string;
  /** What it acts for; the aws:SourceArn of policy conditions. */
  readonly arn: string;
}

/** Services that say whose account they act for, so that a topic's default policy lets them in; EventBridge is not one of them. */
const ownerServices: ReadonlySet<string> = new Set(['cloudwatch.amazonaws.com', 's3.amazonaws.com']);

/** Services whose calls of KMS carry no source account and no source ARN: a key policy with conditions on them denies them. */
const withoutSource: ReadonlySet<string> = new Set(['events.amazonaws.com']);

/** A statement of a resource policy, as EventBridge, SNS and Lambda's AddPermission write them. */
export interface Access {
  readonly action: string;
  readonly resource: string;
}

/**
 * Checks that a resource's own policy lets a service in.
 *
 * @throws AwsError AccessDenied that says which statement is missing and which construct gives it
 */
export function requireServiceAccess(
  policy: Body | undefined,
  source: Source,
  access: Access,
  accountId: string,
  hint: string,
): void {
  const statements =
    policy === undefined ? [] : statementsOf(policy).filter((each) => meansService(each, source.service));
  const decision = evaluatePolicies([{ Statement: statements }], {
    ...access,
    context: {
      ...(access.action.startsWith('kms:') && withoutSource.has(source.service)
        ? {}
        : { 'aws:sourcearn': source.arn, 'aws:sourceaccount': accountId }),
      'aws:securetransport': 'true',
      'aws:principalservicename': source.service,
      ...(ownerServices.has(source.service) ? { 'aws:sourceowner': accountId } : {}),
    },
  });
  if (decision === 'allowed') return;
  throw new AwsError(
    'AccessDenied',
    `${source.service} may not perform ${access.action} on ${access.resource} for ${source.arn}: ${decision === 'denied' ? "the resource's policy denies it" : `its policy has no statement for it; ${hint}`}`,
    403,
  );
}

function meansService(statement: Body, service: string): boolean {
  const principal = statement.Principal;
  if (principal === '*') return true;
  if (!isBody(principal)) return false;
  return strings(principal.AWS).includes('*') || strings(principal.Service).includes(service);
}

/** A policy document given as JSON text or as an object. @throws AwsError when it is neither. */
export function policyDocument(value: unknown, member: string): Body {
  let parsed: unknown = value;
  if (typeof value === 'string') {
    try {
      parsed = parseJson(value);
    } catch {
      throw new AwsError('InvalidParameterValue', `'${member}' is not valid JSON`);
    }
  }
  if (!isBody(parsed) || statementsOf(parsed).length === 0)
    throw new AwsError('InvalidParameterValue', `'${member}' is not a policy document with statements`);
  return parsed;
}
