import type { Json } from '../../../../../core/service';
import { repositoryOf } from '../../jobs/stand-in';
import { checkTypes } from './check-baseline';
import type { StepDefinition } from './definition';
import { isObject } from './expression';

/** Image each type of check step runs. */
const images = {
  QualityCheck: 'sagemaker-model-monitor-analyzer',
  ClarifyCheck: 'sagemaker-clarify-processing',
} as const;

const isCheck = (type: string): type is keyof typeof images => type in images;

const member = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value ?? null) ? (value as Readonly<Record<string, Json>>)[name] : undefined;

/** What is wrong with the members that only check steps have. */
export function checkStepProblems({ type, raw, arguments: args }: StepDefinition): string[] {
  if (!isCheck(type)) return [];
  const problems: string[] = [];
  const allowed: readonly string[] = checkTypes[type];
  if (!allowed.includes(String(raw['CheckType'])))
    problems.push(`CheckType ${JSON.stringify(raw['CheckType'])} is not one of ${allowed.join(', ')}`);
  const image = member(member(args, 'AppSpecification'), 'ImageUri');
  if (typeof image === 'string' && repositoryOf(image) !== images[type])
    problems.push(`a ${type} step runs the image ${images[type]}, not '${image}'`);
  return problems;
}

/** A part of a check step that the open monitor cannot do, or undefined. */
export function unsupportedOfCheck({ type, arguments: args }: StepDefinition): string | undefined {
  if (!isCheck(type)) return undefined;
  const environment = member(args, 'Environment');
  const script = ['record_preprocessor_script', 'post_analytics_processor_script'].find(
    (name) => member(environment, name) !== undefined,
  );
  if (script !== undefined) return `${script} of a check step`;
  const format = member(environment, 'dataset_format');
  return typeof format === 'string' && !/"(csv|parquet)"/.test(format) ? `dataset_format ${format}` : undefined;
}
