import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagesOf } from '@mooring/local-account/src/services/sagemaker/runtime/jobs/image';
import { root } from '../support/app';

describe('the packages of an image', () => {
  test.each([
    ['sagemaker-scikit-learn', 'scikit-learn-1.9-0.txt'],
    ['sagemaker-xgboost', 'xgboost-3.2-0.txt'],
  ])('%s are those of its list', (repository, file) => {
    const lines = readFileSync(join(root, 'requirements/images', file), 'utf8').split('\n');
    for (const [name, version] of Object.entries(packagesOf(repository)))
      expect(lines.map((line) => line.replace(/^#- /, ''))).toContain(`${name}==${version}`);
  });
});
