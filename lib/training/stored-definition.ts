import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CustomResource, Token } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { environment } from '../../contracts/environment';
import { prefixes, resourceNames } from '../../contracts/names';
import { type PipelineDefinition, replaceTokens } from '@mooring/pipeline-language';
import type { Network } from '@mooring/use-case/sections/network';
import { allow, allowKey, allowWrite } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';

/** What markers start with; a number and `>>` follow. */
const marker = '<<deploy-time:';

export interface StoredDefinitionProps {
  readonly useCase: string;
  readonly network: Network | undefined;
  readonly definition: PipelineDefinition;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
}

/**
 * A pipeline definition on S3, for one that is too large for a request.
 *
 * Creates an asset with the definition, in which markers stand for what is known only at deployment (names of buckets,
 * ARNs of roles), a function that puts the values in, and the custom resource that calls it.
 */
export class StoredDefinition extends Construct {
  /** Key of the definition in the artifact bucket; it holds the hash of the content. */
  readonly key: string;

  constructor(
    scope: Construct,
    id: string,
    { useCase, network, definition, foundation, bundles }: StoredDefinitionProps,
  ) {
    super(scope, id);
    const { text, values } = withMarkers(definition);
    const asset = this.createAsset(text);
    const writer = new MooringFunction(this, 'Writer', {
      code: 'definition',
      functionName: resourceNames.definitionFunction(useCase),
      description: `Stores the pipeline definition of ${useCase}`,
      bundles,
      key: foundation.key,
      network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      environment: {
        [environment.useCase]: useCase,
        [environment.artifactBucket]: foundation.artifactBucket.bucketName,
      },
    });
    allow(writer.role, 'Template', ['s3:GetObject'], [asset.bucket.arnForObjects(asset.s3ObjectKey)]);
    allowWrite(writer.role, 'Definitions', foundation.artifactBucket, [prefixes.definitions(useCase)]);
    allowKey(writer.role, foundation.key);
    const stored = new CustomResource(this, 'Definition', {
      resourceType: 'Custom::PipelineDefinition',
      serviceToken: writer.function.functionArn,
      properties: { Bucket: asset.s3BucketName, Key: asset.s3ObjectKey, Marker: marker, Values: values },
    });
    // With the policy of its role, without which the first call is denied.
    stored.node.addDependency(writer);
    this.key = stored.getAttString('Key');
  }

  private createAsset(text: string): Asset {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-definition-'));
    try {
      const path = join(folder, 'definition.json');
      writeFileSync(path, text);
      return new Asset(this, 'Template', { path });
    } finally {
      // Staging has copied it into the assembly.
      rmSync(folder, { recursive: true });
    }
  }
}

interface Marked {
  readonly text: string;
  /** Deploy-time values, by the number in the marker. */
  readonly values: readonly string[];
}

/** The definition as a text in which nothing is left to the deployment, so that the asset is the same for every account. */
function withMarkers(definition: PipelineDefinition): Marked {
  const values: string[] = [];
  const places = new Map<string, number>();
  const json = JSON.stringify(definition, (key, value: unknown) => {
    if (typeof value === 'number' && Token.isUnresolved(value))
      throw new Error(`${key}: a number that is known only at deployment cannot be stored; make it a parameter`);
    return value;
  });
  if (json.includes(marker)) throw new Error(`a definition cannot contain '${marker}'`);
  const text = replaceTokens(json, (token) => {
    const place = places.get(token) ?? values.push(token) - 1;
    places.set(token, place);
    return `${marker}${place}>>`;
  });
  return { text, values };
}
