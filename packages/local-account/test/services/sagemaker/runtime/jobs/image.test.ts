import { imageOf, packagesOf, runsAs } from '../../../../../src/services/sagemaker/runtime/jobs/image';
import { sklearnImage, xgboostImage } from '../../../../support/laptop';

describe('what a job says about the Python that runs it', () => {
  const own = packagesOf('sagemaker-xgboost');

  test('is nothing when the packages are those of the image', () => {
    expect(runsAs(imageOf(xgboostImage), own)).toEqual([]);
  });

  test('names each package that differs or is missing', () => {
    const rest = Object.fromEntries(Object.entries({ ...own, pandas: '2.3.2' }).filter(([name]) => name !== 'boto3'));
    expect(runsAs(imageOf(xgboostImage), rest)).toEqual([
      'local account: packages differ from those of sagemaker-xgboost:3.2-0: pandas 2.3.2 (image: 2.2.3), ' +
        'boto3 is missing (image: 1.38.0)',
    ]);
  });

  test('names the tag that is not the one the account has', () => {
    const old = imageOf(sklearnImage.replace('1.9-0', '0.23-1'));
    expect(runsAs(old, packagesOf('sagemaker-scikit-learn'))).toEqual([
      'local account: sagemaker-scikit-learn:0.23-1-cpu-py3 is run with the packages of 1.9-0-cpu-py3, the one tag that ' +
        'this account has',
    ]);
  });
});
