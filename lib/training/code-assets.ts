import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { allowReadObjects } from '../config/grants';
import type { AssetPlace } from '../../pipeline-defs/standard/place';
import { type StandardCode, zipBundle } from './code-bundle';

/** The code bundle and the empty set of labelled rows as CDK assets. */
export class CodeAssets extends Construct {
  readonly zip: Asset;
  readonly noLabels: Asset;

  constructor(scope: Construct, id: string, code: StandardCode, loaded: LoadedUseCase) {
    super(scope, id);
    const files = code.bundle(loaded);
    const header = loaded.useCase.dataset.columns.map((each) => each.name).join(',');
    const folder = mkdtempSync(join(tmpdir(), 'mooring-assets-'));
    const asset = (assetId: string, name: string, content: string | Uint8Array): Asset => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return new Asset(this, assetId, { path });
    };
    try {
      this.zip = asset('Zip', 'code.zip', zipBundle(files));
      this.noLabels = asset('NoLabels', 'labelled.csv', `${header}\n`);
    } finally {
      // Staging has copied them into the assembly.
      rmSync(folder, { recursive: true });
    }
  }

  allowRead(role: Role): void {
    allowReadObjects(
      role,
      'Code',
      this.zip.bucket,
      [this.zip, this.noLabels].map((each) => each.s3ObjectKey),
    );
  }

  /** Where an asset lies; the file name is known at synthesis. */
  static place(asset: Asset): AssetPlace {
    return { uri: asset.s3ObjectUrl, file: asset.s3ObjectKey };
  }
}
