import { validation } from '../../../core/errors';
import { bodies, body, optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body, Operation } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { imageOf } from '../runtime/jobs/image';
import { listPage } from './listing';
import type { Document } from './listing';
import type { Tags } from './tags';

const namePattern = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** @throws ValidationException for a name the API would not take. */
export function checkName(member: string, name: string): void {
  if (!namePattern.test(name))
    throw validation(
      `'${name}' is not a valid ${member}: letters, digits and single hyphens inside, at most 63 characters`,
    );
}

/** Models: an image, an artefact, an environment and the role they run as. */
export class Models {
  readonly operations: Readonly<Record<string, Operation>> = {
    CreateModel: (input) => this.create(input),
    DescribeModel: (input) => this.get(text(input, 'ModelName')),
    DeleteModel: (input) => this.delete(text(input, 'ModelName')),
    ListModels: (input) => listPage(this.models.values(), input, { name: 'ModelName', list: 'Models' }),
  };
  private readonly models: Collection<Document>;

  constructor(
    private readonly account: AccountParts,
    private readonly tags: Tags,
  ) {
    this.models = account.store.collection('sagemaker.models');
  }

  /** @throws ValidationException in the service's words when there is none. */
  get(name: string): Document {
    const found = this.models.get(name);
    if (found === undefined) throw validation(`Could not find model "${this.arn(name)}".`);
    return found;
  }

  private create(input: Body): Body {
    const name = text(input, 'ModelName');
    checkName('ModelName', name);
    if (this.models.get(name) !== undefined)
      throw validation(`Cannot create already existing model "${this.arn(name)}".`);
    const containers = [
      ...(input['PrimaryContainer'] === undefined ? [] : [body(input, 'PrimaryContainer')]),
      ...bodies(input, 'Containers'),
    ];
    if (containers.length !== 1)
      throw validation(
        containers.length === 0
          ? 'Either PrimaryContainer or Containers is needed'
          : `the local account serves one container per model; this one has ${containers.length}`,
      );
    const [container] = containers;
    const image = optionalText(container ?? {}, 'Image');
    if (image !== undefined) imageOf(image);
    else if (optionalText(container ?? {}, 'ModelPackageName') === undefined)
      throw validation('a container needs Image or ModelPackageName');
    const { Tags: _tags, ...members } = input;
    this.models.put(name, {
      ...members,
      ModelArn: this.arn(name),
      CreationTime: this.account.clock.now().toISOString(),
    });
    this.tags.add(this.arn(name), input);
    return { ModelArn: this.arn(name) };
  }

  private delete(name: string): void {
    this.get(name);
    this.models.delete(name);
    this.tags.forget(this.arn(name));
  }

  private arn(name: string): string {
    return this.account.arn('sagemaker', `model/${name}`);
  }
}
