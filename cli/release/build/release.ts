/**
 * Tools of the release, one command per step of the pipeline: `node release.mjs <command>`. The pipeline's projects run them,
 * and so does any other CI; what they need to know comes in variables (docs/releasing.md lists them).
 */
import { parseArgs } from 'node:util';
import { UserError } from '@mooring/use-case/errors';
import { continueRelease, noteVersion } from './continue';
import { deploy } from './deploy';
import { releaseOf } from './record';
import { publish } from './publish';
import { openPipeline } from './stage';
import { summarize } from './summary';
import { smokeTest, systemTests } from './system-tests';
import { readTag } from './tag';
import { train } from './train';

interface Options {
  readonly file: string;
  readonly asset: string;
  readonly stage: 'staging' | 'production';
}

const env = process.env;

/** What each command does; it ends with one line that says what came of it. */
const commands: Readonly<Record<string, (options: Options) => Promise<string>>> = {
  tag: ({ file }) => readTag(openPipeline(), env, file),
  'note-version': ({ file }) => noteVersion(openPipeline(), env, file),
  continue: ({ file }) => continueRelease(openPipeline(), env, file),
  publish: ({ file, asset }) => publish(file, asset, env),
  train: () => train(releaseOf(env), env),
  deploy: ({ stage }) => deploy(releaseOf(env), stage, openPipeline(), env),
  'system-tests': ({ stage }) => systemTests(releaseOf(env), stage, env),
  summary: ({ file }) => summarize(releaseOf(env), env, file),
  'smoke-test': ({ stage }) => smokeTest(releaseOf(env), stage, env),
};

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      file: { type: 'string', default: 'release.env' },
      stage: { type: 'string', default: 'staging' },
      asset: { type: 'string', default: '' },
    },
  });
  const [name = ''] = positionals;
  const command = commands[name];
  if (command === undefined || (values.stage !== 'staging' && values.stage !== 'production')) {
    console.error(
      `usage: release.mjs <${Object.keys(commands).join('|')}> [--file FILE] [--stage staging|production] [--asset ID]`,
    );
    return 2;
  }
  try {
    console.log(await command({ file: values.file, stage: values.stage, asset: values.asset }));
    return 0;
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error);
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
