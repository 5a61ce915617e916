import { AwsError } from '../../core/errors';
import { text, textList } from '../../core/input';
import type { AwsService, Body, Operation, Permission } from '../../core/service';
import type { Collection, Store } from '../../core/store';

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly tagMutability: string;
  readonly policy?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO-8601. */
  readonly created: string;
}

/** ECR repositories exist and are always empty: images cannot be pushed without Docker, and nothing needs one. */
export class EcrService implements AwsService {
  readonly signingName = 'ecr';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly repositories: Collection<Repository>;

  constructor(
    store: Store,
    private readonly parts: { readonly accountId: string; readonly region: string; readonly now: () => Date },
  ) {
    this.repositories = store.collection('ecr.repositories');
    this.operations = {
      DescribeRepositories: (input) => this.describe(textList(input, 'repositoryNames')),
      ListImages: (input) => (this.repository(text(input, 'repositoryName')), { imageIds: [] }),
      DescribeImages: (input) => this.describeImages(input),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const names = [
      ...textList(input, 'repositoryNames'),
      ...(input.repositoryName === undefined ? [] : [text(input, 'repositoryName')]),
    ];
    return (names.length === 0 ? ['*'] : names.map((name) => this.arn(name))).map((resource) => ({
      action: `ecr:${operation}`,
      resource,
    }));
  }

  repository(name: string): Repository {
    const found = this.repositories.get(name);
    if (found === undefined)
      throw new AwsError(
        'RepositoryNotFoundException',
        `The repository with name '${name}' does not exist in the registry with id '${this.parts.accountId}'`,
      );
    return found;
  }

  create(given: Pick<Repository, 'name' | 'tagMutability' | 'policy' | 'tags'>): Repository {
    if (this.repositories.get(given.name) !== undefined)
      throw new AwsError('RepositoryAlreadyExistsException', `The repository with name '${given.name}' already exists`);
    return this.save({ ...given, arn: this.arn(given.name), created: this.parts.now().toISOString() });
  }

  update(name: string, changes: Pick<Repository, 'tagMutability' | 'policy' | 'tags'>): Repository {
    return this.save({ ...this.repository(name), ...changes });
  }

  delete(name: string): void {
    this.repository(name);
    this.repositories.delete(name);
  }

  uri(name: string): string {
    return `${this.parts.accountId}.dkr.ecr.${this.parts.region}.amazonaws.com/${name}`;
  }

  private describe(names: readonly string[]): Body {
    const found = names.length === 0 ? this.repositories.values() : names.map((name) => this.repository(name));
    return {
      repositories: found.map(({ name, arn, tagMutability, created }) => ({
        repositoryArn: arn,
        registryId: this.parts.accountId,
        repositoryName: name,
        repositoryUri: this.uri(name),
        createdAt: new Date(created),
        imageTagMutability: tagMutability,
      })),
    };
  }

  private describeImages(input: Body): Body {
    const name = text(input, 'repositoryName');
    this.repository(name);
    if (input.imageIds !== undefined)
      throw new AwsError(
        'ImageNotFoundException',
        `the repository ${name} has no images: nothing can be pushed to the local account`,
      );
    return { imageDetails: [] };
  }

  private save(repository: Repository): Repository {
    this.repositories.put(repository.name, repository);
    return repository;
  }

  private arn(name: string): string {
    return `arn:aws:ecr:${this.parts.region}:${this.parts.accountId}:repository/${name}`;
  }
}
