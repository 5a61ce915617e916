import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { deploymentNamespace, metricDimensions, metricNames } from '../../contracts/metrics';
import { prefixes, variantName } from '../../contracts/names';
import { list } from '../shared/objects';
import type { Context } from './context';

/** Capture is written by the model's role, and a missing grant shows nowhere: look whether something arrives. */
const waits = [0, 1, 2, 4, 8, 15, 15, 15].map((seconds) => seconds * 1_000);
const hour = 3_600_000;

/** Objects captured in the hour of a time and in the one after it. */
export async function capturedKeys(context: Context, time: string): Promise<ReadonlySet<string>> {
  const { settings, artifacts, dataBucket, useCase, endpointName } = context;
  if (settings.stage.capture === 0) return new Set();
  const bucket = { s3: artifacts.s3, name: dataBucket };
  const root = `${prefixes.capture(useCase)}/${endpointName}/${variantName}`;
  const keys: string[] = [];
  for (const at of [Date.parse(time), Date.parse(time) + hour]) {
    const folder = new Date(at).toISOString().slice(0, 13).replace(/[-T]/g, '/');
    keys.push(...(await list(bucket, `${root}/${folder}/`)).map((each) => each.key));
  }
  return new Set(keys);
}

/** Whether an object appeared that was not there before (a minute is waited at most); undefined when capture is off. */
export async function newlyCaptured(
  context: Context,
  time: string,
  known: ReadonlySet<string>,
): Promise<boolean | undefined> {
  if (context.settings.stage.capture === 0) return undefined;
  for (const wait of waits) {
    await context.sleep(wait);
    for (const key of await capturedKeys(context, time)) if (!known.has(key)) return true;
  }
  return false;
}

/** Makes a missing capture a metric, because an alarm can only watch metrics. Says nothing when nothing was looked for. */
export async function recordCapture(
  { cloudwatch, endpointName }: Context,
  time: string,
  captured: boolean | undefined,
): Promise<void> {
  if (captured === undefined) return;
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: deploymentNamespace,
      MetricData: [
        {
          MetricName: metricNames.captureMissing,
          Value: captured ? 0 : 1,
          Timestamp: new Date(time),
          Unit: 'Count',
          Dimensions: [{ Name: metricDimensions.endpoint, Value: endpointName }],
        },
      ],
    }),
  );
}
