import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UseCase } from '@mooring/use-case/use-case';

/** Folder of the running bundle; the tag step left its files beside it. */
export const toolsFolder = (): string => dirname(process.argv[1] ?? '.');

/** The tagged use case as it was validated when the tag was read. */
export const taggedUseCase = (): UseCase =>
  JSON.parse(readFileSync(join(toolsFolder(), 'use-case.json'), 'utf8')) as UseCase;

/** Variables of the tag file. */
export function tagVariables(): Readonly<Record<string, string>> {
  const text = readFileSync(join(toolsFolder(), 'tag.env'), 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
}
