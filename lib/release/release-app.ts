import { App, type AppProps, Tags } from 'aws-cdk-lib';
import { appName, stackNames } from '../../contracts/names';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import type { SourceVersion } from '../config/source-version';
import { FunctionBundles } from '../functions/function-bundles';
import { StandardCode } from '../training/code-bundle';
import type { ReleaseConfig } from './release-config';
import { ReleaseStack } from './release-stack';

export interface ReleaseAppProps extends AppProps {
  /** The checkout. */
  readonly root: string;
  readonly useCases: readonly LoadedUseCase[];
  readonly config: ReleaseConfig;
  /** Version of the checkout; default: unknown. */
  readonly source?: SourceVersion;
}

/** The release pipeline with everything that it deploys: `cdk synth -c release=release.yaml`. */
export class ReleaseApp extends App {
  constructor(props: ReleaseAppProps) {
    super(props);
    const { root, useCases, config, source } = props;
    const bundles = new FunctionBundles(root);
    const standardCode = new StandardCode(root, source);
    new ReleaseStack(this, stackNames.release, { useCases, config, bundles, standardCode });
    bundles.dispose();
    Tags.of(this).add('Application', appName);
  }
}
