import { join } from 'node:path';

/** Python projects by folder of `python/`; the package in `src/` has the same name with underscores. */
const monitor = ['mooring-monitor', 'mooring-use-case', 'mooring-values'] as const;
const all = [...monitor, 'mooring-steps'] as const;

const sources = (root: string, project: string): string => join(root, 'python', project, 'src');

/** PYTHONPATH with which `python -m mooring_monitor` runs from a checkout. */
export const monitorPath = (root: string): string => monitor.map((each) => sources(root, each)).join(':');

/** Name and folder of every package that the code bundle holds. */
export const bundledPackages = (root: string): readonly (readonly [string, string])[] =>
  all.map((project) => {
    const name = project.replaceAll('-', '_');
    return [name, join(sources(root, project), name)];
  });
