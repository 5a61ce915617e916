import { join } from 'node:path';
import type { AccountParts } from '../../../../core/module';
import { type Framework, imageOf, isPrebuilt, runsAs } from './image';
import { WarmInterpreter } from './warm-interpreter';

/** The interpreter of an image. */
export interface ImageInterpreter {
  readonly warm: WarmInterpreter;
  readonly python: string;
  /** In what the process differs from the container that was asked for; one line each, for the head of its log. */
  notes(): Promise<readonly string[]>;
}

/** The warm interpreters of an account: one for each Python environment that stands for images, started on first use. */
export class Interpreters {
  private readonly started = new Map<string, WarmInterpreter>();

  constructor(
    private readonly account: Pick<AccountParts, 'python' | 'imagePythons' | 'host' | 'folder'>,
    private readonly folder: string,
  ) {}

  /** @param uri of an image; one that is not AWS's own runs in the account's Python, as nothing is known of it. */
  of(uri: string): ImageInterpreter {
    const image = isPrebuilt(uri) ? imageOf(uri) : undefined;
    const python = this.pythonOf(image?.framework);
    const warm = this.interpreter(python);
    const notes = async (): Promise<readonly string[]> =>
      image === undefined ? [] : runsAs(image, await warm.versions());
    return { warm, python, notes };
  }

  /** Starts them ahead of the first job, in the order in which a pipeline needs them. */
  warm(): void {
    const [first, ...others] = [...new Set([this.pythonOf('scikit-learn'), this.account.python])];
    if (first === undefined) return;
    // One after the other: the first step waits for the first of them.
    void this.interpreter(first)
      .versions()
      .then(() => others.forEach((each) => this.interpreter(each).warm()))
      .catch(() => undefined);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.started.values()].map((each) => each.stop()));
  }

  private pythonOf(framework: Framework | undefined): string {
    return (framework && this.account.imagePythons[framework]) ?? this.account.python;
  }

  private interpreter(python: string): WarmInterpreter {
    const found = this.started.get(python);
    if (found !== undefined) return found;
    const { host } = this.account;
    const folder = join(
      this.folder,
      ['interpreter', ...(this.started.size === 0 ? [] : [this.started.size])].join('-'),
    );
    const made = new WarmInterpreter({
      python,
      folder,
      env: host.for('job'),
      mapping: host.setting('MOORING_MAPPING') !== 'off',
      hidden: [join(this.account.folder, 'keys.json')],
    });
    this.started.set(python, made);
    return made;
  }
}
