import { validation } from '../../core/errors';

/** Parts of an ARN. */
export interface Arn {
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** All after the fifth colon, e.g. rule/name or function:name:1. */
  readonly resource: string;
}

/** @throws AwsError ValidationException when the text is no ARN. */
export function parseArn(text: string): Arn {
  const [arn, , service, region, accountId, ...rest] = text.split(':');
  if (arn !== 'arn' || service === undefined || region === undefined || accountId === undefined || rest.length === 0)
    throw validation(`'${text}' is not an ARN; expected arn:<partition>:<service>:<region>:<account>:<resource>`);
  return { service, region, accountId, resource: rest.join(':') };
}

/** Last part of an ARN's resource or of a path: the name. */
export const nameOfArn = (text: string): string => text.split(/[/:]/).at(-1) ?? text;
