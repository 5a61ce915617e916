import { Unsupported } from '../../../../core/errors';

/** What runs inside an image, as far as the account has it. */
export type Framework = 'scikit-learn' | 'xgboost' | 'python';

export interface Image {
  readonly framework: Framework;
  /** Tag, e.g. 1.4-2-py312-cpu-py3. */
  readonly tag: string;
}

/** ECR repository of AWS's prebuilt images to what runs there. */
const repositories: Readonly<Record<string, Framework>> = {
  'sagemaker-scikit-learn': 'scikit-learn',
  'sagemaker-xgboost': 'xgboost',
  'sagemaker-base-python': 'python',
  'sagemaker-base-python-310': 'python',
  'sagemaker-base-python-312': 'python',
};

/** The image a URI names. @throws Unsupported for an image whose content this machine does not have. */
export function imageOf(uri: string): Image {
  const match = /^(?:[^/]+\/)?(?:.*\/)?([^/:@]+)(?:[:@](.+))?$/.exec(uri);
  const repository = match?.[1] ?? uri;
  const framework = repositories[repository];
  if (framework === undefined) {
    throw new Unsupported(
      `the image '${uri}'`,
      `without Docker the account runs AWS's prebuilt images: ${Object.keys(repositories).join(', ')}`,
    );
  }
  return { framework, tag: match?.[2] ?? 'latest' };
}
