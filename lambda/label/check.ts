import type { LabelSettings } from '../../contracts/function-settings';
import { labelMeaning } from '@mooring/use-case/label-rule';

/** Why a value cannot be a label of the use case; undefined when it can. */
export function problemOf(value: string | number | boolean, settings: LabelSettings): string | undefined {
  if (/[\n\r]/.test(String(value).trim())) return 'a label is a single line';
  const meaning = labelMeaning(value, settings);
  if (value === '') return 'an empty label says nothing; leave it out until it is known';
  if (meaning.kind === 'missing')
    return `'${String(value)}' says that there is no label; leave it out until it is known`;
  return meaning.kind === 'invalid' ? meaning.reason : undefined;
}
