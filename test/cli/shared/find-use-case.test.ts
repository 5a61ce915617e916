import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findUseCase } from '../../../cli/shared/command';
import { findProject } from '../../../cli/shared/project';
import { root } from '../../support/app';

describe('a use case whose neighbour has a mistake in its YAML', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-find-'));
  const project = findProject(undefined, { MOORING_ROOT: folder });
  beforeAll(() => {
    cpSync(join(root, 'pipeline-defs/rain/use-case.yaml'), join(folder, 'pipeline-defs/rain/use-case.yaml'));
    mkdirSync(join(folder, 'pipeline-defs/broken'));
    writeFileSync(join(folder, 'pipeline-defs/broken/use-case.yaml'), 'name: broken\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is found all the same', () => {
    expect(findUseCase(project, 'rain').name).toBe('rain');
  });

  test('while the neighbour itself is refused with its problems, and an unknown name with the known ones', () => {
    expect(() => findUseCase(project, 'broken')).toThrow(/title: is missing/);
    expect(() => findUseCase(project, 'rian')).toThrow("no use case 'rian'; there are: broken, rain");
  });
});
