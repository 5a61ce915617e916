import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '@mooring/use-case/errors';
import { type AssetKind, assetsOf } from './asset-manifest';
import { publishFiles } from './publish-files';
import { publishImages } from './publish-images';
import type { Environment } from './stage';

const publishers: Readonly<Record<AssetKind, (assembly: string, env: Environment) => Promise<string>>> = {
  files: publishFiles,
  dockerImages: publishImages,
};

/**
 * Publishes all assets of the assembly that a manifest lies in, of the same kind as one of them, once: later calls for the
 * same assembly do nothing. The kinds have projects with a role each.
 *
 * @param manifest `<assembly>/<stack>.assets.json`
 * @param asset `<id>:<destination>`, as CDK Pipelines names it.
 */
export async function publish(manifest: string, asset: string, env: Environment): Promise<string> {
  const assembly = dirname(manifest);
  const [id = ''] = asset.split(':');
  const kind = (Object.keys(publishers) as AssetKind[]).find((each) => assetsOf(assembly, each).has(id));
  if (kind === undefined) throw new UserError(`${assembly} has no asset ${id}`);
  const marker = join(assembly, `.published-${kind}`);
  if (existsSync(marker)) return `${assembly}: published`;
  const said = await publishers[kind](assembly, env);
  writeFileSync(marker, '');
  return `${assembly}: ${said}`;
}
