import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker';
import type { Context } from './context';
import { isAbsence, removeGuardrails } from './endpoint';
import type { Intents } from './intents';

/**
 * Deletes models, configurations and guardrail alarms of this endpoint, but those to keep and those that somebody still waits
 * for. The guardrails of the deployment that ended go in any case.
 *
 * A configuration goes last: as long as it is listed, a clean-up that died half-way is made good by the next one. Models are
 * listed as well, because a superseded deployment may have died before it made a configuration.
 *
 * @param ended name of the plan whose deployment this clean-up follows
 */
export async function cleanUp(
  context: Context,
  intents: Intents,
  ended: string,
  keep: readonly (string | undefined)[],
): Promise<void> {
  const { sagemaker, endpointName } = context;
  const filter = {
    NameContains: `${endpointName}-v`,
    SortBy: 'CreationTime',
    SortOrder: 'Descending',
    MaxResults: 100,
  } as const;
  const models = await sagemaker.send(new ListModelsCommand(filter));
  const configs = await sagemaker.send(new ListEndpointConfigsCommand(filter));
  const own = (name: string | undefined): string[] => (name?.startsWith(`${endpointName}-v`) === true ? [name] : []);
  const names = new Set([
    ...(models.Models ?? []).flatMap((each) => own(each.ModelName)),
    ...(configs.EndpointConfigs ?? []).flatMap((each) => own(each.EndpointConfigName)),
  ]);
  // Asked for after the lists: whoever is preparing something noted its intent before.
  const waitedFor = await newerThan(intents, ended);
  const old = [...names].filter((name) => !keep.includes(name) && !waitedFor.includes(name));
  await removeGuardrails(context, [...new Set([ended, ...old])]);
  for (const name of old) {
    await unlessGone(sagemaker.send(new DeleteModelCommand({ ModelName: name })));
    await unlessGone(sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })));
  }
}

/** Names of what open intents ask for, if they are newer than the deployment of this name. */
async function newerThan(intents: Intents, name: string): Promise<readonly string[]> {
  const newest = await intents.newest();
  if (newest === undefined || newest.intent.plan.name === name) return [];
  return (await intents.open()).map((each) => each.plan.name).filter((each) => each !== name);
}

async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}
