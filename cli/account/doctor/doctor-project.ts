import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { imageOf, probeContainment } from '@mooring/local-account';
import { imagePython, patchWarnings } from '../../../contracts/prebuilt-images';
import type { Project } from '../../shared/project';
import { messageOf } from '../../shared/errors';
import { vpcEndpoints } from '../../../contracts/vpc-endpoints';
import { type Check, ill, well } from './checks';
import { localRegion } from '../../shared/clients';
import { unknownInstances } from '../cost';

interface ReleaseFile {
  readonly repository?: { readonly name?: string };
  readonly environments?: Readonly<Record<string, { readonly account?: string; readonly region?: string }>>;
}

const releaseFile = (project: Project): string => join(project.root, 'release.yaml');

/** Account that release.yaml wants the pipeline in; undefined when it does not say. */
export function toolingAccount(project: Project): string | undefined {
  const file = releaseFile(project);
  const content = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as ReleaseFile | null) : undefined;
  return content?.environments?.['tooling']?.account;
}

/** What the checkout and the shell tell. */
export const projectChecks: Readonly<Record<string, Check>> = {
  'cdk cli': ({ project }) => {
    const read = (
      file: string,
    ): { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> } =>
      JSON.parse(readFileSync(join(project.root, file), 'utf8')) as { version?: string };
    const wanted = read('package.json').dependencies?.['aws-cdk'];
    const file = 'node_modules/aws-cdk/package.json';
    const installed = existsSync(join(project.root, file)) ? read(file).version : undefined;
    return Promise.resolve(
      wanted === installed
        ? well(`aws-cdk ${installed ?? ''}`)
        : ill(`aws-cdk is ${installed ?? 'not installed'}, package.json pins ${wanted ?? 'none'}`, 'run `npm ci`'),
    );
  },
  configuration: ({ project }) => {
    const file = releaseFile(project);
    if (!existsSync(file))
      return Promise.resolve(ill('there is no release.yaml', 'write it as docs/releasing.md shows'));
    const { repository, environments } = (parse(readFileSync(file, 'utf8')) ?? {}) as ReleaseFile;
    const regions = Object.values(environments ?? {}).map(({ region }) => region);
    if (repository?.name === undefined)
      return Promise.resolve(ill('release.yaml names no repository', 'set repository.name to owner/name'));
    if (new Set(regions).size > 1)
      return Promise.resolve(
        ill(`the stages lie in ${[...new Set(regions)].join(' and ')}`, 'give environments.* one region'),
      );
    return Promise.resolve(well(`releases come from ${repository.name}`));
  },
  region: ({ project }) => {
    const file = releaseFile(project);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const wanted = ((parse(text) ?? {}) as ReleaseFile).environments?.['tooling']?.region;
    const here = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? localRegion;
    return Promise.resolve(
      wanted === undefined || wanted === here
        ? well(here)
        : ill(`the shell is in ${here}, release.yaml says ${wanted}`, `export AWS_REGION=${wanted}`),
    );
  },
  'instance types': ({ useCases }) => {
    const odd = useCases.flatMap((each) => unknownInstances(each).map((type) => `${type} (${each.name})`));
    return Promise.resolve(
      odd.length === 0
        ? well('all in the price table')
        : ill(
            `not in the price table: ${odd.join(', ')}`,
            'check the spelling in use-case.yaml, or add the price to cli/account/prices.json',
          ),
    );
  },
  containment: ({ project }) => {
    const { files, network } = probeContainment(project.python);
    const not = [
      ...(files ? [] : ['jobs can change your files and read your keys']),
      ...(network ? [] : ['network isolation has no effect']),
      'functions and builds run as you do',
    ];
    const done = [
      ...(files ? ['jobs write to their own folders only'] : []),
      ...(network ? ['network isolation'] : []),
    ];
    return Promise.resolve(well(`${[...done, 'not contained'].join(', ')}: ${not.join('; ')}`));
  },
  'image packages': ({ project }) =>
    Promise.resolve(
      project.imagePythons?.['scikit-learn'] === undefined
        ? ill(
            'processing steps run with the packages of the XGBoost image, because .venvs/image-scikit-learn is not there',
            `install Python ${imagePython}, then run \`node tools/python-env.mjs image-scikit-learn\``,
          )
        : well('processing and training steps run with the packages of their images'),
    ),
  'image patches': () => {
    const warnings = patchWarnings(new Date());
    return Promise.resolve(
      warnings.length === 0
        ? well('of both prebuilt images for more than 90 days')
        : ill(warnings.join('; '), 'take a newer tag in contracts/prebuilt-images.ts, as its comment says'),
    );
  },
  network: ({ useCases }) => {
    const needed = useCases.flatMap((each) => {
      const endpoints = vpcEndpoints(each);
      return endpoints.length === 0 ? [] : [`${each.name} in ${each.network?.vpc ?? ''}: ${endpoints.join(', ')}`];
    });
    return Promise.resolve(
      well(
        needed.length === 0
          ? 'no use case runs in a VPC'
          : `without internet, the VPC needs endpoints of these services: ${needed.join('; ')}`,
      ),
    );
  },
  images: ({ useCases }) => {
    const missing = useCases.flatMap(({ name, training }) => {
      if (training.image === undefined) return [];
      try {
        imageOf(training.image);
        return [];
      } catch (error) {
        return [`${name}: ${messageOf(error)}`];
      }
    });
    return Promise.resolve(
      missing.length === 0
        ? well('all are there')
        : ill(missing.join('; '), 'correct training.image in use-case.yaml, or push the image before the release'),
    );
  },
};
