import { createHash } from 'node:crypto';
import { AwsError, validation } from '../../../core/errors';
import { body, optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body, Principal } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { checkDefinition } from '../runtime/pipelines/definition/check';
import { parseDefinition } from '../runtime/pipelines/definition/definition';
import type { Definition } from '../runtime/pipelines/definition/definition';
import type { Shapes } from '../runtime/shapes';

/** Pipeline definitions by the hash of their text, checked before they are kept. */
export class DefinitionStore {
  constructor(
    private readonly account: AccountParts,
    private readonly shapes: Shapes,
    private readonly texts: Collection<string>,
  ) {}

  /** Hash of a request's definition, or undefined when the request gives none. @throws AwsError when it is not a sound one. */
  take(input: Body, principal: Principal): string | undefined {
    const definition = this.given(input, principal);
    if (definition === undefined) return undefined;
    checkDefinition(parseDefinition(definition), this.shapes);
    const hash = createHash('sha256').update(definition).digest('hex');
    if (this.texts.get(hash) === undefined) this.texts.put(hash, definition);
    return hash;
  }

  text(hash: string): string {
    return this.texts.get(hash) ?? '';
  }

  parsed(hash: string): Definition {
    return parseDefinition(this.text(hash));
  }

  private given(input: Body, principal: Principal): string | undefined {
    const inline = optionalText(input, 'PipelineDefinition');
    const location = body(input, 'PipelineDefinitionS3Location');
    const bucket = optionalText(location, 'Bucket');
    if (inline !== undefined && bucket !== undefined)
      throw validation('Give either PipelineDefinition or PipelineDefinitionS3Location, not both');
    if (bucket === undefined) return inline;
    const key = text(location, 'ObjectKey');
    this.account.iam.authorize(principal, this.account.s3.permissions('s3:GetObject', bucket, key));
    try {
      return this.account.s3.read(bucket, key).toString('utf8');
    } catch (error) {
      throw error instanceof AwsError
        ? validation(`The pipeline definition s3://${bucket}/${key} cannot be read: ${error.message}`)
        : error;
    }
  }
}
