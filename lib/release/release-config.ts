import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { UserError } from '@mooring/use-case/errors';

const environment = z.strictObject({
  account: z.string().regex(/^[0-9]{12}$/, 'twelve digits, in quotes'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, 'a region such as eu-central-1'),
});

const schema = z.strictObject({
  /** Where tags are pushed to. */
  repository: z.strictObject({
    provider: z.enum(['GitHub', 'GitLab', 'Bitbucket']).default('GitHub'),
    name: z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/, 'owner/name'),
    branch: z.string().min(1).default('main'),
  }),
  /** ARN of an existing CodeConnections connection; default: the stack makes one, which a person confirms once. */
  connection: z
    .string()
    .regex(
      /^arn:[\w-]+:(codeconnections|codestar-connections):[\w-]+:[0-9]{12}:connection\/[\w-]+$/,
      'a connection ARN',
    )
    .optional(),
  /** Without it, everything lives in the account and region that the release stack is deployed to. */
  environments: z.strictObject({ tooling: environment, staging: environment, production: environment }).optional(),
});

export type ReleaseConfig = z.infer<typeof schema>;
export type Environment = z.infer<typeof environment>;

/**
 * Reads `release.yaml`.
 *
 * @throws UserError listing every problem with its path.
 */
export function loadReleaseConfig(file: string): ReleaseConfig {
  if (!existsSync(file)) throw new UserError(`there is no ${file}; docs/releasing.md shows what belongs into it`);
  const result = schema.safeParse(parse(readFileSync(file, 'utf8')));
  if (result.success) return checked(result.data, file);
  throw UserError.of(
    `${file} has problems:`,
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'the document'}: ${message}`),
  );
}

function checked(config: ReleaseConfig, file: string): ReleaseConfig {
  const { environments } = config;
  if (environments === undefined) return config;
  const { tooling, staging, production } = environments;
  if (new Set([tooling.region, staging.region, production.region]).size > 1)
    throw new UserError(
      `${file}: environments.*.region must be one region; the model's artifacts are read across accounts, not across regions`,
    );
  if (staging.account === production.account)
    throw new UserError(
      `${file}: environments.staging and environments.production name the same account; leave 'environments' out to use one account for both`,
    );
  return config;
}
