import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Manifests of assets as the CDK writes them: `<stack>.assets.json` of an assembly. */

/** Where every asset goes: a region, and the role that may publish there. Values may hold `${AWS::AccountId}` and the like. */
export interface Destination {
  readonly region?: string;
  readonly assumeRoleArn?: string;
}

export interface FileAsset {
  readonly source: { readonly path?: string; readonly packaging?: 'zip' | 'file' };
  readonly destinations: Readonly<
    Record<string, Destination & { readonly bucketName: string; readonly objectKey: string }>
  >;
}

export interface ImageAsset {
  readonly source: {
    readonly directory?: string;
    readonly dockerFile?: string;
    readonly platform?: string;
    readonly dockerBuildArgs?: Readonly<Record<string, string>>;
  };
  readonly destinations: Readonly<
    Record<string, Destination & { readonly repositoryName: string; readonly imageTag: string }>
  >;
}

interface Assets {
  readonly files: FileAsset;
  readonly dockerImages: ImageAsset;
}

type AssetManifest = { readonly [K in keyof Assets]?: Readonly<Record<string, Assets[K]>> };

/** Kinds of assets; CDK Pipelines has a project for each. */
export type AssetKind = keyof Assets;

/** All assets of a kind in an assembly, by id; the same asset may serve several stacks. */
export function assetsOf<K extends AssetKind>(assembly: string, kind: K): ReadonlyMap<string, Assets[K]> {
  const manifests = readdirSync(assembly)
    .filter((each) => each.endsWith('.assets.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(assembly, name), 'utf8')) as AssetManifest);
  return new Map(manifests.flatMap((manifest) => Object.entries<Assets[K]>(manifest[kind] ?? {})));
}
