import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { isBody } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';

const run = promisify(execFile);

/** Lists what the interpreter has installed, sorted: it stands in for the image's content. */
const listing = [
  'import sys, importlib.metadata as m',
  'names = sorted({(d.metadata["Name"] or "").lower() + "==" + d.version for d in m.distributions()})',
  'print(sys.version.split()[0], *names, sep="\\n")',
].join('\n');

/**
 * Digests of images, as the registry notes them with a version.
 *
 * Nothing is pulled on a laptop: an image is its name, and what runs is the account's Python environment. The digest is of
 * both, so that it changes when what runs changes. An image that is named by its digest keeps it, and one that was pushed
 * to this account has its own.
 */
export class ImageDigests {
  private environment: Promise<string> | undefined;

  constructor(private readonly account: Pick<AccountParts, 'python' | 'host' | 'findPeer'>) {}

  async of(image: string): Promise<string> {
    const named = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
    const pushed = this.account.findPeer('images')?.find(image)?.digest;
    if (named !== undefined || pushed !== undefined) return named ?? pushed ?? '';
    this.environment ??= this.installed();
    const content = `${image}\n${await this.environment}`;
    return `sha256:${createHash('sha256').update(content).digest('hex')}`;
  }

  /** An inference specification whose containers carry the digests of their images. */
  async fill(specification: Body): Promise<Body> {
    const { Containers: containers } = specification;
    if (!Array.isArray(containers)) return specification;
    const filled = containers.map(async (container: unknown) =>
      isBody(container) && typeof container['Image'] === 'string'
        ? { ...container, ImageDigest: container['ImageDigest'] ?? (await this.of(container['Image'])) }
        : container,
    );
    return { ...specification, Containers: await Promise.all(filled) };
  }

  /** An account without a working interpreter runs no job, but it can hold versions. */
  private async installed(): Promise<string> {
    const { python, host } = this.account;
    try {
      return (await run(python, ['-I', '-c', listing], { env: host.for('tool') })).stdout;
    } catch {
      return 'no interpreter';
    }
  }
}
