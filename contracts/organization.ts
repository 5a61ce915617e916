import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { UserError } from '@mooring/use-case/errors';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { network } from '@mooring/use-case/sections/network';

/** What holds for all use cases of an organization: `mooring.yaml` beside `pipeline-defs`. */
export const organizationFile = 'mooring.yaml';

const schema = z.strictObject({
  /** Where everything runs, unless a use case says otherwise. */
  network: network.optional(),
  /** Whether CloudFormation refuses to delete the stacks that hold evidence. */
  termination_protection: z.boolean().default(false),
});
export type Organization = z.infer<typeof schema>;

/**
 * Reads `mooring.yaml`; without one, nothing is asked for.
 *
 * @throws UserError listing every problem with its path.
 */
export function loadOrganization(root: string): Organization {
  const file = join(root, organizationFile);
  if (!existsSync(file)) return schema.parse({});
  const result = schema.safeParse(parse(readFileSync(file, 'utf8')) ?? {});
  if (result.success) return result.data;
  throw UserError.of(
    `${relative(process.cwd(), file)} has problems:`,
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'the document'}: ${message}`),
  );
}

/** A use case with the organization's network, unless it has one of its own. */
export function ofOrganization(organization: Organization, loaded: LoadedUseCase): LoadedUseCase {
  const { useCase } = loaded;
  if (useCase.network !== undefined || organization.network === undefined) return loaded;
  return { ...loaded, useCase: { ...useCase, network: organization.network } };
}
