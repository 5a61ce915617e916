/** One of SageMaker's images for a framework, as this product uses it. */
export interface PrebuiltImageFacts {
  readonly repository: string;
  readonly tag: string;
  /** Packages that it holds, at their exact versions. */
  readonly packages: string;
  /**
   * Day after which AWS mends nothing in it any more, security included: its row in the table of supported images of
   * aws/deep-learning-containers.
   */
  readonly endOfPatch: string;
}

/** The images by what runs in them. Another tag: change it with its day, its package list, and run `npm test -- truth`. */
export const prebuiltImages = {
  'scikit-learn': {
    repository: 'sagemaker-scikit-learn',
    tag: '1.9-0-cpu-py3',
    packages: 'requirements/images/scikit-learn-1.9-0.txt',
    endOfPatch: '2027-07-16',
  },
  xgboost: {
    repository: 'sagemaker-xgboost',
    tag: '3.2-0',
    packages: 'requirements/images/xgboost-3.2-0.txt',
    endOfPatch: '2027-05-13',
  },
} as const satisfies Readonly<Record<string, PrebuiltImageFacts>>;

/** Python of these images. */
export const imagePython = '3.12';

/** Days before an end of patch from which `mooring doctor` and a test ask for another image. */
export const patchWarningDays = 90;

const day = 24 * 60 * 60 * 1000;

/** One sentence for each image whose end of patch is over, or less than {@link patchWarningDays} away. */
export function patchWarnings(
  now: Date,
  images: Readonly<Record<string, PrebuiltImageFacts>> = prebuiltImages,
): readonly string[] {
  return Object.values(images).flatMap(({ repository, tag, endOfPatch }) => {
    const left = Math.ceil((Date.parse(endOfPatch) - now.getTime()) / day);
    if (left > patchWarningDays) return [];
    const when = left < 0 ? `ended on ${endOfPatch}` : `ends on ${endOfPatch}, in ${left} days`;
    return [`patching of ${repository}:${tag} ${when}`];
  });
}
