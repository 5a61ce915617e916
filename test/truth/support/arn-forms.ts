/** A resource's ARN as the reference writes it: texts and `${Names}`. */
export type ArnForm = readonly (string | { readonly name: string })[];

/** @param arn e.g. arn:${Partition}:s3:::${BucketName}/${ObjectName} */
export function arnForm(arn: string): ArnForm {
  return arn
    .split(/(\$\{[^}]+\})/)
    .flatMap((part): ArnForm => (part.startsWith('${') ? [{ name: part.slice(2, -1) }] : [...part]));
}

/** Names that may hold slashes; all others end at one. */
const withSlashes = /Path|ModelPackageName|AlarmName|ObjectName|LogGroupName|LogStreamName|ParameterName/;
/** Names that may hold colons. */
const withColons = /ObjectName|LogStreamName/;

/**
 * Whether a resource of that form can be one that a statement names.
 *
 * @param named Resource of a statement; `*` stands for any text, `?` for any character.
 */
export function canBe(named: string, form: ArnForm): boolean {
  const known = new Map<number, boolean>();
  const from = (at: number, place: number): boolean => {
    const key = at * (form.length + 1) + place;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false);
    const found = step(at, place);
    known.set(key, found);
    return found;
  };
  const step = (at: number, place: number): boolean => {
    const character = named[at];
    const expected = form[place];
    if (character === '*') return from(at + 1, place) || (expected !== undefined && from(at, place + 1));
    if (expected === undefined) return character === undefined;
    if (typeof expected === 'string')
      return character !== undefined && (character === expected || character === '?') && from(at + 1, place + 1);
    if (from(at, place + 1)) return true;
    if (character === undefined) return false;
    if (character === '/' && !withSlashes.test(expected.name)) return false;
    if (character === ':' && !withColons.test(expected.name)) return false;
    return from(at + 1, place);
  };
  return from(0, 0);
}
