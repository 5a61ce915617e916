import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from './app';

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
}

/** Model of a service as botocore publishes it: what a request may look like. */
export class ServiceModel {
  private constructor(private readonly shapes: Readonly<Record<string, Shape>>) {}

  /** From the environment of the SageMaker Python SDK, which has the newest models. @throws Error when it is not installed. */
  static of(service: string): ServiceModel {
    const lib = join(root, '.venvs/sdk/lib');
    const [folder] = readdirSync(lib)
      .map((python) => join(lib, python, 'site-packages/botocore/data', service))
      .filter((path) => existsSync(path));
    if (folder === undefined) throw new Error(`${lib} has no model of ${service}; npm test -- sdk installs it`);
    const [newest = ''] = readdirSync(folder).sort().reverse();
    const { shapes } = JSON.parse(
      gunzipSync(readFileSync(join(folder, newest, 'service-2.json.gz'))).toString('utf8'),
    ) as {
      readonly shapes: Readonly<Record<string, Shape>>;
    };
    return new ServiceModel(shapes);
  }

  /** What the service would object to in a value of a shape, with its place. */
  problems(name: string, value: unknown, at = name): readonly string[] {
    const shape = this.shapes[name];
    if (shape === undefined) return [`${at}: the model has no shape ${name}`];
    switch (shape.type) {
      case 'structure':
        return isMap(value) ? this.structure(shape, value, at) : [`${at}: not a structure`];
      case 'list':
        return Array.isArray(value)
          ? [
              ...bounds(shape, value.length, `${at}: items`),
              ...value.flatMap((each, index) => this.problems(shape.member?.shape ?? '', each, `${at}[${index}]`)),
            ]
          : [`${at}: not a list`];
      case 'map':
        return isMap(value)
          ? Object.entries(value).flatMap(([key, each]) => [
              ...this.problems(shape.key?.shape ?? '', key, `${at} key ${key}`),
              ...this.problems(shape.value?.shape ?? '', each, `${at}.${key}`),
            ])
          : [`${at}: not a map`];
      case 'string':
        return typeof value === 'string' ? text(shape, value, at) : [`${at}: not a string`];
      case 'boolean':
        return typeof value === 'boolean' ? [] : [`${at}: not a boolean`];
      default:
        return typeof value === 'number' ? bounds(shape, value, `${at}: value`) : [`${at}: not a number`];
    }
  }

  private structure({ members = {}, required = [] }: Shape, value: Map, at: string): readonly string[] {
    return [
      ...required.flatMap((name) => (value[name] === undefined ? [`${at}: ${name} is missing`] : [])),
      ...Object.entries(value).flatMap(([name, each]) => {
        const member = members[name];
        return member === undefined ? [`${at}: no member ${name}`] : this.problems(member.shape, each, `${at}.${name}`);
      }),
    ];
  }
}

type Map = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);

const bounds = ({ min, max }: Shape, value: number, what: string): readonly string[] => [
  ...(min !== undefined && value < min ? [`${what}: ${value}, at least ${min}`] : []),
  ...(max !== undefined && value > max ? [`${what}: ${value}, at most ${max}`] : []),
];

const text = (shape: Shape, value: string, at: string): readonly string[] => [
  ...bounds(shape, value.length, `${at}: length`),
  ...(shape.enum !== undefined && !shape.enum.includes(value)
    ? [`${at}: '${value}' is none of ${shape.enum.join(', ')}`]
    : []),
  ...(shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`, 's').test(value)
    ? [`${at}: '${value}' does not match ${shape.pattern}`]
    : []),
];
