import { type LabelledManifest, labelledFiles } from '../../contracts/labels';
import { prefixes } from '../../contracts/names';
import { type Bucket, list, parseUri, readJson } from '../shared/objects';

/** A version of labelled rows, as the join left it. */
export interface LabelledVersion {
  /** Prefix of its rows, for the pipeline. */
  readonly rowsUri: string;
  readonly manifest: LabelledManifest;
}

/** The newest version that has rows; undefined while there is none. */
export async function newestLabelled(bucket: Bucket, useCase: string): Promise<LabelledVersion | undefined> {
  const manifests = (await list(bucket, `${prefixes.labelled(useCase)}/`))
    .map((each) => each.key)
    .filter((key) => key.endsWith(`/${labelledFiles.manifest}`))
    .sort();
  const newest = manifests.at(-1);
  if (newest === undefined) return undefined;
  const manifest = await readJson<LabelledManifest>(bucket, newest);
  if (manifest === undefined || manifest.rows.labelled === 0) return undefined;
  return {
    rowsUri: `s3://${bucket.name}/${newest.slice(0, -labelledFiles.manifest.length)}${labelledFiles.rows}/`,
    manifest,
  };
}

/** Labelled rows of a version that the training on an earlier one did not see. */
export async function newLabelCount(
  bucket: Bucket,
  { manifest }: LabelledVersion,
  earlierRowsUri: string | undefined,
): Promise<number> {
  const earlier = earlierRowsUri === undefined ? undefined : await manifestOf(bucket, earlierRowsUri);
  const from = earlier?.window.end.slice(0, 13) ?? '';
  const arrived = Object.entries(manifest.arrivals)
    .filter(([hour]) => hour.slice(0, 13) >= from)
    .reduce((sum, [, count]) => sum + count, 0);
  // Of the hour in which the earlier version ended, it has seen a part.
  const seen = Object.entries(earlier?.arrivals ?? {}).find(([hour]) => hour.startsWith(from))?.[1] ?? 0;
  return Math.max(0, arrived - seen);
}

function manifestOf(bucket: Bucket, rowsUri: string): Promise<LabelledManifest | undefined> {
  const { key } = parseUri(rowsUri);
  const folder = folderOf(key);
  return readJson(bucket, `${folder}${labelledFiles.manifest}`);
}

/** The folder that the rows lie in, with its slash. */
function folderOf(key: string): string {
  const ending = [`${labelledFiles.rows}/`, labelledFiles.rows].find((each) => key.endsWith(each)) ?? '';
  return key.slice(0, key.length - ending.length);
}
