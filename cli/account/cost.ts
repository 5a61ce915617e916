import { durationSeconds } from '@mooring/use-case/duration';
import type { StageName } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import prices from './prices.json';

/** One line of the month's estimate, in the table's currency. */
export interface CostLine {
  readonly useCase: string;
  readonly stage: StageName | 'shared';
  readonly what: string;
  readonly amount: number;
}

/** What is assumed where the configuration does not say. */
export const assumptions = { hoursPerMonth: 730, minutesPerJob: 6, trainingsPerMonth: 4, jobsPerTraining: 8 } as const;

export const priceTable = { asOf: prices.as_of, region: prices.region, currency: prices.currency, note: prices.note };

/** Price of an instance hour, or undefined when the table does not have it. */
export const hourPrice = (instance: string): number | undefined =>
  (prices.instance_hours as Readonly<Record<string, number>>)[instance];

/** Instance types of a use case that the price table does not know. */
export function unknownInstances(useCase: UseCase): readonly string[] {
  const { training, stages } = useCase;
  const named = [training.instance, training.processing_instance, stages.production.instance, stages.staging?.instance];
  return [...new Set(named.flatMap((each) => each ?? []))].filter((each) => hourPrice(each) === undefined);
}

/** The month of one use case. Instances that the table does not know count as nothing; {@link unknownInstances} names them. */
export function monthOf(useCase: UseCase): readonly CostLine[] {
  const { training, stages, monitoring, name } = useCase;
  const price = (instance: string): number => hourPrice(instance) ?? 0;
  const staging = stages.staging ?? { ...stages.production, count: 1 };
  const endpoint = (stage: { readonly instance: string; readonly count: number }): number =>
    price(stage.instance) * stage.count * assumptions.hoursPerMonth;
  const jobHours = assumptions.minutesPerJob / 60;
  const runs = (30 * 86_400) / durationSeconds(monitoring.every);
  const trainings =
    assumptions.trainingsPerMonth *
    jobHours *
    (price(training.instance) + (assumptions.jobsPerTraining - 1) * price(training.processing_instance));
  const line = (stage: CostLine['stage'], what: string, amount: number): CostLine => ({
    useCase: name,
    stage,
    what,
    amount,
  });
  return [
    line('staging', `endpoint, ${staging.count} x ${staging.instance}`, endpoint(staging)),
    line(
      'production',
      `endpoint, ${stages.production.count} x ${stages.production.instance}`,
      endpoint(stages.production),
    ),
    line(
      'production',
      `monitoring, ${Math.round(runs)} runs of ${assumptions.minutesPerJob} min`,
      runs * jobHours * price(training.processing_instance),
    ),
    line(
      'production',
      `${monitoring.features.length} drift alarms and metrics`,
      monitoring.features.length * (prices.alarm_month + prices.custom_metric_month),
    ),
    line('staging', `${assumptions.trainingsPerMonth} trainings`, trainings),
  ];
}

/** What all use cases share. */
export const sharedCosts = (): readonly CostLine[] => [
  { useCase: '-', stage: 'shared', what: 'two keys', amount: 2 * prices.key_month },
];
