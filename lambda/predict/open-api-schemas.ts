import { type Field, type FrontDoorSettings, mostLabels } from '../../contracts/front-door';
import { longestKey } from './request';
import { type Rule, ruleOf } from './values';

type Node = Readonly<Record<string, unknown>>;

export const ref = (name: string): Node => ({ $ref: `#/components/schemas/${name}` });

/** A response with a JSON body. */
export function described(description: string, schema: Node): Node {
  return { description, content: { 'application/json': { schema } } };
}

/** A response whose body is one of several types. @param content schema name by media type. */
export function answered(description: string, content: Readonly<Record<string, string>>): Node {
  return {
    description,
    content: Object.fromEntries(Object.entries(content).map(([type, name]) => [type, { schema: ref(name) }])),
  };
}

const text = { type: 'string' };
const number = { type: 'number' };
const textOrNull = { type: ['string', 'null'] };

function object(required: Readonly<Record<string, Node>>, optional: Readonly<Record<string, Node>> = {}): Node {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

const closed = (node: Node): Node => ({ ...node, additionalProperties: false });

/** The components of the document. */
export function schemas(settings: FrontDoorSettings, rules: readonly Rule[]): Node {
  return {
    PredictRequest: closed(
      object(
        { features: ref('Features') },
        {
          explain: settings.api.explanations ? { type: 'boolean' } : { const: false },
          key: {
            type: 'string',
            minLength: 1,
            maxLength: longestKey,
            description: 'Who asks: the same key is answered by the same model while two are compared. It is not kept.',
          },
        },
      ),
    ),
    Features: closed(object(Object.fromEntries(rules.map(({ name, schema }) => [name, schema])))),
    Prediction: prediction(settings),
    Model: object({
      version: { type: ['integer', 'null'] },
      release: { anyOf: [ref('Release'), { type: 'null' }] },
    }),
    Release: object({
      package: text,
      deployed_at: text,
      execution: textOrNull,
      git_commit: textOrNull,
      data_hash: textOrNull,
      config_hash: textOrNull,
    }),
    Reason: object({ feature: text, effect: number, typical: {} }),
    ...(settings.label === undefined ? {} : labels(settings.label)),
    Health: object({ status: { const: 'ok' }, use_case: text, version: { type: 'integer' } }),
    Problem: object(
      {
        type: text,
        title: text,
        status: { type: 'integer' },
        detail: text,
        request_id: text,
      },
      { errors: { type: 'array', items: object({ pointer: text, detail: text }) } },
    ),
    Message: object({ message: text }),
  };
}

function prediction({ task }: FrontDoorSettings): Node {
  const score = { ...number, minimum: 0, maximum: 1, description: 'Probability that the label is 1.' };
  const common = { inference_id: { ...text, format: 'uuid' }, use_case: text, model: ref('Model') };
  const required =
    task === 'binary' ? { prediction: { enum: [0, 1] }, score, ...common } : { prediction: number, ...common };
  const reasons = { anyOf: [{ type: 'array', items: ref('Reason'), maxItems: 4 }, { type: 'null' }] };
  return object(required, { ...(task === 'multiclass' ? { score: number } : {}), reasons });
}

function labels(column: Field): Node {
  const value = ruleOf({ ...column, nullable: false }, column.categories).schema;
  const time = ruleOf({ name: 'time', type: 'timestamp', nullable: false }, undefined).schema;
  return {
    Labels: object(
      { labels: { type: 'array', minItems: 1, maxItems: mostLabels, items: ref('Label') } },
      { time: { ...time, description: 'When the labels were collected; default: now.' } },
    ),
    Label: object(
      {
        inference_id: { type: 'string', pattern: '^[!-~]{1,64}$' },
        label: { anyOf: [value, { type: 'array', items: value, minItems: 1, maxItems: 10_000 }] },
      },
      { time: { ...time, description: 'When it became known.' } },
    ),
    LabelsTaken: object(
      {
        accepted: { type: 'integer', minimum: 0 },
        rejected: {
          type: 'array',
          items: object({ index: { type: 'integer' }, problem: text }, { inference_id: text }),
        },
      },
      { key: text },
    ),
  };
}
