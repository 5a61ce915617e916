import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  deploymentEnds,
  type DeploymentEnd,
  type DeploymentIntent,
  type DeploymentMark,
  type DeploymentOutcome,
  deploymentsPrefix,
} from '../../contracts/records/deployment-record';
import type { StageName } from '../../contracts/names';
import type { Clients } from '../shared/clients';
import { readFoundation } from '../shared/foundation';
import { readJson } from '../shared/objects';

/** A deployment as the deploy function recorded it. */
export interface Deployment {
  readonly id: string;
  readonly stage: StageName;
  readonly version: number;
  /** When it was asked for. */
  readonly time: string;
  /** How it ended, or how far it is. */
  readonly state: DeploymentEnd | 'reverting' | 'started' | 'asked';
  /** Whether the notification about the end was sent. */
  readonly notified: boolean;
  readonly reason?: string;
  readonly subject?: string;
  /** Version that it was to take back, when somebody asked for the previous one. */
  readonly restoresFrom?: number;
}

/** The newest deployments of a stage, oldest first. */
export async function readDeployments(
  clients: Clients,
  useCase: string,
  stage: StageName,
  count = 5,
): Promise<readonly Deployment[]> {
  const { artifactBucket: bucket } = await readFoundation(clients);
  const root = deploymentsPrefix(useCase, stage);
  const marks = await marksBelow(clients, bucket, `${root}/`);
  const newest = [...marks].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-count);
  return Promise.all(
    newest.map(async ([id, reached]): Promise<Deployment> => {
      const read = <T>(mark: DeploymentMark | 'intent'): Promise<T | undefined> =>
        reached.has(mark) ? readJson<T>(clients, bucket, `${root}/${id}/${mark}.json`) : Promise.resolve(undefined);
      const end = deploymentEnds.find((each) => reached.has(each));
      const intent = await read<DeploymentIntent>('intent');
      const outcome = end && (await read<DeploymentOutcome>(end));
      return {
        id,
        stage,
        version: Number(id.split('_')[1]),
        time: intent?.eventTime ?? (id.split('_')[0] ?? '').replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'),
        state: end ?? (reached.has('reverting') ? 'reverting' : reached.has('started') ? 'started' : 'asked'),
        notified: reached.has('told') || end === 'superseded' || end === 'refused',
        reason: outcome?.reason ?? (end === 'superseded' ? outcome?.subject : undefined),
        subject: outcome?.subject,
        restoresFrom: intent?.restores?.from,
      };
    }),
  );
}

async function marksBelow(clients: Clients, bucket: string, prefix: string): Promise<Map<string, Set<string>>> {
  const marks = new Map<string, Set<string>>();
  let token: string | undefined;
  do {
    const page = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key = '' } of page.Contents ?? []) {
      const [id = '', file = ''] = Key.slice(prefix.length).split('/');
      marks.set(id, (marks.get(id) ?? new Set()).add(file.replace('.json', '')));
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return marks;
}
