import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  type DeploymentIntent,
  type DeploymentOutcome,
  deploymentsPrefix,
} from '../../contracts/records/deployment-record';
import { UserError } from '@mooring/use-case/errors';
import { variantName } from '../../contracts/names';
import { challengerNames, trialsPrefix, type TrialState } from '../../contracts/records/trial';
import { readJson } from '../shared/objects';
import type { Session } from '../shared/session';

/** A version that served in production, and who approved it. */
export interface Served {
  readonly packageArn: string;
  /** From this moment on all requests were answered by it. */
  readonly since: string;
  readonly approvedBy?: string;
  /** Present when somebody brought this version back. */
  readonly restores?: DeploymentIntent['restores'];
  /** Another version whose deployment was under way then, so that it may have answered as well. */
  readonly orElse?: string;
}

interface Found {
  readonly key: string;
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number;
}

/** Keys below a prefix, in no order. */
export async function keysBelow(session: Session, bucket: string, prefix: string): Promise<readonly string[]> {
  return (await objectsBelow(session, bucket, prefix)).map(({ key }) => key);
}

async function objectsBelow(session: Session, bucket: string, prefix: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  let token: string | undefined;
  do {
    const page = await session.clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key: key, LastModified } of page.Contents ?? [])
      if (key !== undefined) found.push({ key, at: LastModified?.getTime() ?? 0 });
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return found;
}

/** Deployments to production that ended well, oldest first, with the moment at which each was asked for. */
async function deployments(
  session: Session,
  bucket: string,
  useCase: string,
): Promise<readonly (Served & { readonly asked: string })[]> {
  const root = `${deploymentsPrefix(useCase, 'production')}/`;
  const done = (await keysBelow(session, bucket, root)).filter((key) => key.endsWith('/done.json')).sort();
  const read = await Promise.all(
    done.map(async (key) => ({
      intent: await readJson<DeploymentIntent>(session.clients, bucket, key.replace(/done\.json$/, 'intent.json')),
      outcome: await readJson<DeploymentOutcome>(session.clients, bucket, key),
    })),
  );
  return read.flatMap(({ intent, outcome }) =>
    intent === undefined
      ? []
      : [
          {
            packageArn: intent.plan.packageArn,
            asked: intent.eventTime,
            since: outcome?.live?.deployed_at ?? intent.eventTime,
            approvedBy: intent.approvedBy,
            restores: intent.restores,
          },
        ],
  );
}

/** A version whose deployment did not end well at last, but may have answered at an instant: in its canary. */
async function withdrawnAt(session: Session, bucket: string, useCase: string, at: number): Promise<string | undefined> {
  const root = `${deploymentsPrefix(useCase, 'production')}/`;
  const ends = (await objectsBelow(session, bucket, root)).filter((each) =>
    /\/(rolled-back|failed)\.json$/.test(each.key),
  );
  for (const { key, at: ended } of ends.filter((each) => at < each.at).sort((a, b) => (a.key < b.key ? 1 : -1))) {
    const intent = await readJson<DeploymentIntent>(session.clients, bucket, key.replace(/[^/]+$/, 'intent.json'));
    if (intent !== undefined && Date.parse(intent.eventTime) <= at && at < ended) return intent.plan.packageArn;
  }
  return undefined;
}

/** The newest deployment of a version to production; of any version when none is named. */
export async function lastServed(
  session: Session,
  bucket: string,
  useCase: string,
  packageArn?: string,
): Promise<Served | undefined> {
  const all = await deployments(session, bucket, useCase);
  const own = all.filter((each) => packageArn === undefined || each.packageArn === packageArn);
  return withApprover(own.at(-1), all);
}

/** What answered a variant's requests at an instant. @throws UserError when nothing served then. */
export async function servedAt(
  session: Session,
  bucket: string,
  useCase: string,
  { time, variant }: { readonly time: string; readonly variant: string },
): Promise<Served> {
  if (variant !== variantName && Object.values(challengerNames).includes(variant))
    return onTrialAt(session, bucket, useCase, time);
  const all = await deployments(session, bucket, useCase);
  const at = Date.parse(time);
  const served = withApprover(all.filter((each) => Date.parse(each.since) <= at).at(-1), all);
  const next = all.find((each) => Date.parse(each.asked) <= at && at < Date.parse(each.since));
  // The captured time is earlier than the end of the first deployment only for its smoke test and its canary.
  const found = served ?? withApprover(next, all);
  if (found === undefined) throw new UserError(`no version of ${useCase} served in production at ${time}`);
  const other = next?.packageArn ?? (await withdrawnAt(session, bucket, useCase, at));
  return other === undefined || other === found.packageArn ? found : { ...found, orElse: other };
}

/** A version that was brought back was approved when it came for the first time. */
function withApprover(served: Served | undefined, all: readonly Served[]): Served | undefined {
  if (served?.restores === undefined) return served;
  const approved = all.findLast((each) => each.packageArn === served.packageArn && each.restores === undefined);
  return { ...served, approvedBy: approved?.approvedBy };
}

async function onTrialAt(session: Session, bucket: string, useCase: string, time: string): Promise<Served> {
  const keys = await keysBelow(session, bucket, `${trialsPrefix(useCase, 'production')}/`);
  const records = await Promise.all(
    keys
      .filter((key) => key.endsWith('/record.json'))
      .sort()
      .map((key) => readJson<{ readonly state: TrialState }>(session.clients, bucket, key)),
  );
  const state = records
    .flatMap((each) => each?.state ?? [])
    .findLast((each) => Date.parse(each.approved_at) <= Date.parse(time));
  if (state === undefined) throw new UserError(`no version of ${useCase} was on trial at ${time}`);
  return { packageArn: state.challenger.package_arn, since: state.approved_at };
}
