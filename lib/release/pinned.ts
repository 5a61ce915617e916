import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';

/** The checkout. */
const root = join(__dirname, '../..');

/**
 * Versions of everything that builds install or run on. "Latest" is no version: the npm tag of that name has pointed at an
 * accidental build of the CDK CLI since April 2025.
 */
export const pinned = {
  /** The CDK CLI that package.json pins. */
  get cdkCli(): string {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const version = dependencies['aws-cdk'] ?? '';
    if (!/^\d+\.\d+\.\d+$/.test(version))
      throw new Error(`package.json must pin aws-cdk to one version, not '${version}'`);
    return version;
  },
  /** Publishes assets from an assembly. */
  cdkAssets: '4.7.3',
  buildImage: codebuild.LinuxBuildImage.fromCodeBuildImageId('aws/codebuild/standard:7.0'),
  /** Runtimes of all builds. */
  buildSpec: codebuild.BuildSpec.fromObject({
    version: '0.2',
    phases: { install: { 'runtime-versions': { nodejs: '22' } } },
  }),
} as const;
