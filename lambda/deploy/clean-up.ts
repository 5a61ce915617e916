import { DeleteEndpointConfigCommand, DeleteModelCommand, ListEndpointConfigsCommand } from '@aws-sdk/client-sagemaker';
import type { Context } from './context';
import { removeGuardrails } from './endpoint';

/** Deletes configurations, models and guardrail alarms of this endpoint beyond the last two and those to keep. */
export async function cleanUp(context: Context, keep: readonly (string | undefined)[]): Promise<void> {
  const { sagemaker, endpointName } = context;
  const listed = await sagemaker.send(
    new ListEndpointConfigsCommand({
      NameContains: `${endpointName}-v`,
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 100,
    }),
  );
  const names = (listed.EndpointConfigs ?? [])
    .map((each) => each.EndpointConfigName ?? '')
    .filter((name) => name.startsWith(`${endpointName}-v`));
  const old = names.slice(2).filter((name) => !keep.includes(name));
  for (const name of old) {
    await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }));
    await sagemaker.send(new DeleteModelCommand({ ModelName: name }));
  }
  await removeGuardrails(context, old);
}
