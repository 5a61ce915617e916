import { clockCheck } from './core/clock';
import { type Check, type Checks, shape } from './core/store';
import type { ObjectRecord } from './services/s3/runtime/records';

const versionCheck = shape({ versionId: 'text', file: 'text', size: 'number', etag: 'text', modified: 'text' });

/** Every object has versions, and each of them a content file. */
const objectCheck: Check = (value) => {
  const problem = shape({ versions: 'list' })(value);
  if (problem !== undefined) return problem;
  const { versions } = value as ObjectRecord;
  if (versions.length === 0) return "has an empty list 'versions'";
  const wrong = versions.map(versionCheck).find((each) => each !== undefined);
  return wrong === undefined ? undefined : `has a version that ${wrong}`;
};

/** Members without which a service could not work with a document of its own. */
export const documentChecks: Checks = {
  clock: clockCheck,
  'cloudformation.stacks': shape({ id: 'text', name: 'text', status: 'text', parameters: 'structure', tags: 'list' }),
  'cloudformation.resources': shape({ logicalId: 'text', type: 'text', properties: 'structure' }),
  'cloudformation.events': shape({ id: 'text', stackId: 'text', status: 'text' }),
  'iam.roles': shape({ name: 'text', arn: 'text', trust: 'structure', inline: 'structure', managed: 'list' }),
  'lambda.functions': shape({ name: 'text', arn: 'text', version: 'text', runtime: 'text', role: 'text' }),
  'logs.groups': shape({ name: 'text', streams: 'structure' }),
  's3.buckets': shape({ name: 'text', created: 'text', settings: 'structure' }),
  's3.objects': objectCheck,
  's3.uploads': shape({ id: 'text', bucket: 'text', key: 'text', parts: 'structure' }),
  'sns.subscriptions': shape({ arn: 'text', topicArn: 'text', protocol: 'text', endpoint: 'text' }),
  'sns.topics': shape({ name: 'text', arn: 'text', attributes: 'structure' }),
};
