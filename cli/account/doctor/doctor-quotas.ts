import type { UseCase } from '@mooring/use-case/use-case';
import type { Session } from '../../shared/session';
import { type Check, ill, well } from './checks';
import { callJson, type WireApi } from './wire';

const serviceQuotas: WireApi = { signingName: 'servicequotas', target: 'ServiceQuotasV20190624', version: '1.1' };

/** Instances that a use case needs at the same time, by the name of their quota. */
export function neededInstances({ training, stages }: UseCase): Readonly<Record<string, number>> {
  const needed: Record<string, number> = {};
  const need = (instance: string | undefined, what: string, count: number): void => {
    if (instance === undefined) return;
    const quota = `${instance} for ${what} usage`;
    needed[quota] = (needed[quota] ?? 0) + count;
  };
  need(training.instance, 'training job', 1);
  need(training.processing_instance, 'processing job', 1);
  const { production, staging = { ...production, count: 1 } } = stages;
  // A blue/green deployment runs the old and the new fleet side by side.
  for (const stage of [staging, production])
    if (stage.serverless === undefined) need(stage.instance, 'endpoint', 2 * stage.count);
  return needed;
}

async function quotasOf(session: Session): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let NextToken: string | undefined;
  do {
    const page = await callJson<{
      readonly Quotas?: readonly { readonly QuotaName: string; readonly Value: number }[];
      readonly NextToken?: string;
    }>(session, serviceQuotas, 'ListServiceQuotas', {
      ServiceCode: 'sagemaker',
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    for (const { QuotaName, Value } of page.Quotas ?? []) found.set(QuotaName, Value);
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return found;
}

/** What the account may run. */
export const quotaChecks: Readonly<Record<string, Check>> = {
  quotas: async ({ session, useCases }) => {
    const quotas = await quotasOf(session);
    const needed: Record<string, number> = {};
    for (const useCase of useCases)
      for (const [name, count] of Object.entries(neededInstances(useCase))) {
        // Trainings come one after the other, endpoints stay.
        needed[name] = name.includes('endpoint') ? (needed[name] ?? 0) + count : Math.max(needed[name] ?? 0, count);
      }
    const short = Object.entries(needed).flatMap(([name, count]) => {
      const allowed = quotas.get(name);
      return allowed === undefined || allowed >= count ? [] : [`${name}: ${allowed} allowed, ${count} needed`];
    });
    return short.length === 0
      ? well(`${Object.keys(needed).length} kinds of instances`)
      : ill(
          short.join('; '),
          'ask for more under Service Quotas > Amazon SageMaker, or choose another instance in use-case.yaml',
        );
  },
};
