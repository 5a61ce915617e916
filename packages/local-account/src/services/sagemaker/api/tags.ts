import { validation } from '../../../core/errors';
import { bodies, optionalText, text, textList } from '../../../core/input';
import type { Body, Operation } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { page } from './listing';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Tags of every SageMaker resource, by ARN. */
export class Tags {
  readonly operations: Readonly<Record<string, Operation>> = {
    AddTags: (input) => ({ Tags: this.add(text(input, 'ResourceArn'), input) }),
    ListTags: (input) => page(this.of(text(input, 'ResourceArn')), input, 'Tags'),
    DeleteTags: (input) => this.remove(text(input, 'ResourceArn'), textList(input, 'TagKeys')),
  };

  constructor(private readonly tags: Collection<readonly Tag[]>) {}

  of(arn: string): readonly Tag[] {
    return this.tags.get(arn) ?? [];
  }

  /** Takes over the `Tags` member of a request; a tag of the same key is replaced. */
  add(arn: string, input: Body): readonly Tag[] {
    const fresh = bodies(input, 'Tags').map((each) => ({
      Key: text(each, 'Key'),
      Value: optionalText(each, 'Value') ?? '',
    }));
    if (fresh.length === 0) return this.of(arn);
    const kept = this.of(arn).filter((tag) => !fresh.some((each) => each.Key === tag.Key));
    if (kept.length + fresh.length > 50)
      throw validation(`a resource has at most 50 tags; ${arn} would have ${kept.length + fresh.length}`);
    this.tags.put(arn, [...kept, ...fresh]);
    return this.of(arn);
  }

  /** Exactly these tags, as CloudFormation wants it. */
  replace(arn: string, input: Body): void {
    this.tags.delete(arn);
    this.add(arn, input);
  }

  forget(arn: string): void {
    this.tags.delete(arn);
  }

  private remove(arn: string, keys: readonly string[]): Body {
    this.tags.put(
      arn,
      this.of(arn).filter((tag) => !keys.includes(tag.Key)),
    );
    return {};
  }
}
