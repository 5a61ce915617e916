import { resourceNames, type StageName } from '../../contracts/names';
import type { Stage, UseCase } from '@mooring/use-case/use-case';
import { unhandledEventsAlarm } from '../foundation/foundation-stack';
import { endpointAlarmEnds } from '../serving/endpoint-alarms';

/**
 * Names of the alarms about what carries a use case: its functions, its front door, the dead letters. They
 * publish to the shared topic themselves, too, in CloudWatch's own words; subscribers of a use case are notified of them by
 * the notify function.
 *
 * Some may not exist, because the use case has no such part.
 */
export function infrastructureAlarms({ name, stages, notifications }: UseCase): readonly string[] {
  const inStages: readonly StageName[] = stages.staging === undefined ? ['production'] : ['production', 'staging'];
  const functions = [
    ...inStages.map((stage) => resourceNames.deployFunction(name, stage)),
    resourceNames.trialFunction(name),
    resourceNames.batchFunction(name),
    resourceNames.notifyFunction(name),
    resourceNames.retrainFunction(name),
    resourceNames.predictFunction(name),
    resourceNames.labelFunction(name),
    resourceNames.definitionFunction(name),
    ...((notifications.chats ?? []).length === 0 ? [] : [resourceNames.chatFunction(name)]),
  ];
  return [
    unhandledEventsAlarm,
    ...functions.flatMap((each) => [`${each}-errors`, `${each}-throttles`]),
    ...['api-errors', 'api-latency'].map((end) => resourceNames.metricAlarm(name, end)),
  ];
}

/** Names of the alarms of a use case's endpoints; a rule of their own matches them, because a pattern has 2,048 characters. */
export function endpointAlarmNames({ name, stages }: UseCase): readonly string[] {
  const { staging, production } = stages;
  const ofStage = (stage: StageName, settings: Stage): string[] =>
    endpointAlarmEnds(settings).map((end) => `${resourceNames.endpoint(name, stage)}-${end}`);
  return [...ofStage('production', production), ...(staging === undefined ? [] : ofStage('staging', staging))];
}
