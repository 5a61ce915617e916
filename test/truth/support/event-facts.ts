import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { truthPython } from './python';

type Field =
  | 'text'
  | 'number'
  | { readonly values: readonly string[] }
  | { readonly service: string; readonly shape: string; readonly spelling?: 'UPPER_SNAKE' };

interface Fact {
  readonly arn: string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** What AWS documents of one field: its values where they are few. */
interface Documented {
  readonly values: readonly string[] | undefined;
}

/** The events that AWS documents and our rules wait for. */
export class EventFacts {
  private readonly facts = JSON.parse(readFileSync(join(__dirname, '../facts/events.json'), 'utf8')) as Readonly<
    Record<string, Fact>
  >;
  private readonly enumerations = enumerationsOf(Object.values(this.facts));

  /** Undefined when AWS documents no such event. */
  field(event: string, path: string): Documented | undefined {
    const field = this.facts[event]?.fields[path];
    if (field === undefined) return undefined;
    if (typeof field === 'string') return { values: undefined };
    if ('values' in field) return { values: field.values };
    const values = this.enumerations[`${field.service} ${field.shape}`] ?? [];
    return { values: field.spelling === 'UPPER_SNAKE' ? values.map(upperSnake) : values };
  }

  knows(event: string): boolean {
    return this.facts[event] !== undefined;
  }

  /** An event with every documented field, each with a value that may stand there. */
  sample(event: string): Readonly<Record<string, unknown>> {
    const [source = '', ...type] = event.split(' ');
    const fact = this.facts[event];
    const detail: Record<string, unknown> = {};
    for (const path of Object.keys(fact?.fields ?? {}))
      put(detail, path.split('.'), this.field(event, path)?.values?.[0] ?? 'anything');
    return { source, 'detail-type': type.join(' '), resources: [fact?.arn], detail };
  }
}

const upperSnake = (text: string): string => text.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

/** Puts a value into nested objects. */
export function put(target: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[first] = value;
  else put((target[first] ??= {}) as Record<string, unknown>, rest, value);
}

function enumerationsOf(facts: readonly Fact[]): Readonly<Record<string, readonly string[]>> {
  const wanted = facts.flatMap(({ fields }) =>
    Object.values(fields).flatMap((each) =>
      typeof each === 'object' && 'shape' in each ? [[each.service, each.shape]] : [],
    ),
  );
  const code = `import botocore.session, json, sys
session = botocore.session.get_session()
print(json.dumps({f"{s} {n}": session.get_service_model(s).shape_for(n).enum for s, n in json.loads(sys.argv[1])}))`;
  return JSON.parse(truthPython(['-c', code, JSON.stringify(wanted)])) as Record<string, string[]>;
}
