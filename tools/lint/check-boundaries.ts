/** Checks the rules of boundaries.ts: `node --require ./bin/typescript.cjs tools/lint/check-boundaries.ts`, as `npm run lint` does. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { foldersInCircles } from './boundaries';
import { circlesOf } from './circles';

interface Cruised {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
      readonly comment?: string;
    }[];
  };
}

const folders = ['bench', 'bin', 'cli', 'contracts', 'lambda', 'lib', 'packages', 'pipeline-defs', 'test', 'tools'];
const product = /^(bin|cli|contracts|lambda|lib|pipeline-defs)\/|^packages\/[^/]+\/(src|bin)\//;

/** One line for each wrong import. @param root of a checkout. */
export function problemsOf(root: string, known = foldersInCircles): readonly string[] {
  const { modules, summary } = cruise(root);
  const imports = modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
  );
  const circles = circlesOf(imports.filter(({ from, to }) => product.test(from) && product.test(to)));
  const same = (a: readonly string[], b: readonly string[]): boolean => a.every((each) => b.includes(each));
  const unknown = circles.filter((circle) => !known.some((each) => same(circle, each.folders)));
  const gone = known.filter((each) => !circles.some((circle) => same(circle, each.folders)));
  return [
    ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`),
    ...unknown.map((circle) => `no-folder-cycle: ${circle.join(', ')} import each other`),
    ...gone.map((each) => `no-folder-cycle: take ${each.folders.join(', ')} out of boundaries.ts; there is no circle`),
  ];
}

function cruise(root: string): Cruised {
  const program = join(__dirname, '../../node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  try {
    return JSON.parse(
      execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }),
    ) as Cruised;
  } catch (error) {
    // Violations end the program with their number; what it found is on its output all the same.
    const { stdout, stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    if (stdout === undefined || !stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${stderr}`);
    return JSON.parse(stdout) as Cruised;
  }
}

if (require.main === module) {
  const problems = problemsOf(resolve(__dirname, '../..'));
  for (const each of problems) console.error(each);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
