import { Unsupported } from '../../../../core/errors';

/** What runs inside an image, as far as the account has it. */
export type Framework = 'scikit-learn' | 'xgboost' | 'python';

export interface Image {
  readonly repository: string;
  readonly framework: Framework;
  /** Tag, e.g. 1.9-0-cpu-py3. */
  readonly tag: string;
}

interface Prebuilt {
  readonly framework: Framework;
  /** The tag that the account stands for, and what that holds; other tags are run as this one, which the job's log says. */
  readonly tag?: string;
  readonly packages?: Readonly<Record<string, string>>;
}

/** AWS's prebuilt images by their ECR repository. Versions are those of requirements/images; a test compares them. */
const repositories: Readonly<Record<string, Prebuilt>> = {
  'sagemaker-scikit-learn': {
    framework: 'scikit-learn',
    tag: '1.9-0-cpu-py3',
    packages: {
      'scikit-learn': '1.9.0',
      numpy: '2.5.1',
      pandas: '2.2.3',
      scipy: '1.18.0',
      pyarrow: '25.0.0',
      boto3: '1.43.46',
    },
  },
  'sagemaker-xgboost': {
    framework: 'xgboost',
    tag: '3.2-0',
    packages: {
      xgboost: '3.2.0',
      'scikit-learn': '1.8.0',
      numpy: '2.1.0',
      pandas: '2.2.3',
      scipy: '1.15.0',
      pyarrow: '22.0.0',
      boto3: '1.38.0',
    },
  },
  'sagemaker-base-python': { framework: 'python' },
  'sagemaker-base-python-310': { framework: 'python' },
  'sagemaker-base-python-312': { framework: 'python' },
};

const parse = (uri: string): RegExpExecArray | null => /^(?:[^/]+\/)?(?:.*\/)?([^/:@]+)(?:[:@](.+))?$/.exec(uri);

/** Whether an image is one of AWS's that the account can run. */
export const isPrebuilt = (uri: string): boolean => repositories[parse(uri)?.[1] ?? uri] !== undefined;

/** The image a URI names. @throws Unsupported for an image whose content this machine does not have. */
export function imageOf(uri: string): Image {
  const match = parse(uri);
  const repository = match?.[1] ?? uri;
  const framework = repositories[repository]?.framework;
  if (framework === undefined) {
    throw new Unsupported(
      `the image '${uri}'`,
      `without Docker the account runs AWS's prebuilt images: ${Object.keys(repositories).join(', ')}`,
    );
  }
  return { repository, framework, tag: match?.[2] ?? 'latest' };
}

/** Packages of an image that steps import, by name; for the test that holds them against the lists. */
export const packagesOf = (repository: string): Readonly<Record<string, string>> =>
  repositories[repository]?.packages ?? {};

/** What the account's own lines in a job's log begin with. */
export const notePrefix = 'local account: ';

/** In what a Python environment differs from an image; empty when it is the same in all that matters. */
export function runsAs({ repository, tag }: Image, versions: Readonly<Record<string, string>>): readonly string[] {
  const { tag: own, packages = {} } = repositories[repository] ?? {};
  const other =
    own === undefined || tag === own || tag === 'latest' || tag.startsWith('sha256:')
      ? []
      : [`${notePrefix}${repository}:${tag} is run with the packages of ${own}, the one tag that this account has`];
  const differing = Object.entries(packages)
    .filter(([name, version]) => versions[name] !== version)
    .map(([name, version]) => `${name} ${versions[name] ?? 'is missing'} (image: ${version})`);
  return differing.length === 0
    ? other
    : [...other, `${notePrefix}packages differ from those of ${repository}:${own ?? tag}: ${differing.join(', ')}`];
}
