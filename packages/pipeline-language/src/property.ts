import type { Primitive } from './definition';
import type { Expression } from './expression';
import { Get } from './expression';

/** The members of a list or map: by position or by name, as in `Outputs.at('train')`. */
export interface PropertyList<T> {
  at(key: string | number): Properties<T>;
}

/** What a step leaves behind, shaped like the answer of its Describe call; every leaf is an expression. */
export type Properties<T> = [NonNullable<T>] extends [string]
  ? Expression<string>
  : [NonNullable<T>] extends [Primitive]
    ? Expression<NonNullable<T> & Primitive extends number ? number : boolean>
    : NonNullable<T> extends readonly (infer U)[]
      ? PropertyList<U>
      : string extends keyof NonNullable<T>
        ? PropertyList<NonNullable<T>[keyof NonNullable<T>]>
        : { readonly [K in keyof NonNullable<T>]-?: Properties<NonNullable<T>[K]> };

/** Builds the typed view of `Steps.<name>`: reading a member appends it to the path. */
export function propertiesOf<T>(path: string): Properties<T> {
  const here = new Get(path);
  const at = (key: string | number): unknown =>
    propertiesOf(typeof key === 'number' ? `${path}[${key}]` : `${path}['${key}']`);
  // What a proxy answers is decided by its handler, which no type can follow.
  const view: unknown = new Proxy(here, {
    get(target, key): unknown {
      if (typeof key === 'symbol' || key in target) return Reflect.get(target, key, target);
      return key === 'at' ? at : propertiesOf(`${path}.${key}`);
    },
  });
  return view as Properties<T>;
}
