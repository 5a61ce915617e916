import type { Api, Column, UseCase } from '@mooring/use-case/use-case';

/** A column that a prediction is made from, with what its values must be like. */
export type Field = Pick<Column, 'name' | 'type' | 'categories' | 'min' | 'max' | 'nullable'>;

/**
 * What the predict function knows of its use case: the file {@link frontDoorFile} beside its code. A file, because an
 * environment holds 4 KB and a table may have hundreds of columns.
 */
export interface FrontDoorSettings {
  readonly useCase: string;
  readonly title: string;
  readonly purpose: string;
  readonly version: string;
  readonly task: UseCase['task'];
  readonly fields: readonly Field[];
  /** Column to learn; present when the front door takes labels. */
  readonly label?: Field;
  /** Percent of the requests that the front door captures itself, because a serverless endpoint does not. */
  readonly capture?: number;
  /** Whether versions go on trial: then every request names its variant. */
  readonly trials: boolean;
  readonly api: Pick<Api, 'authorization' | 'unknown_categories' | 'explanations' | 'max_body'>;
}

export const frontDoorFile = 'front-door.json';

/** Where the front door answers. */
export const apiPaths = {
  predict: '/predict',
  labels: '/labels',
  openApi: '/openapi.json',
  health: '/health',
} as const;

/** Most labels in one call; a function takes 6 MB. */
export const mostLabels = 10_000;

/** Environment variable of a model container with the version of its package; inference.py repeats it in its answers. */
export const modelVersionVariable = 'MOORING_MODEL_VERSION';

/**
 * Custom attributes by which the project's own requests to an endpoint can be told from customers' in captured data.
 * All start so.
 */
export const probePrefix = 'mooring-';
export const probes = { smokeTest: 'mooring-smoke-test', explanation: 'mooring-explanation' } as const;
