import { AwsError } from '../../../core/errors';
import { bodies, optionalText, text, textList } from '../../../core/input';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { Collection, Store } from '../../../core/store';
import { type Image, type ImageId, Images } from '../runtime/images';
import { partition } from '../../../core/partition';

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly tagMutability: string;
  readonly policy?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO-8601. */
  readonly created: string;
}

/** Hours that a token for `docker login` lasts. */
const tokenHours = 12;

/** ECR: repositories, and what the stand-in for Docker pushes to them (packages/local-account/src/services/codebuild/runtime/docker). */
export class EcrService implements AwsService {
  readonly signingName = 'ecr';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly repositories: Collection<Repository>;
  private readonly images: Images;

  constructor(
    store: Store,
    private readonly parts: { readonly accountId: string; readonly region: string; readonly now: () => Date },
  ) {
    this.repositories = store.collection('ecr.repositories');
    this.images = new Images(store, parts.now);
    this.operations = {
      DescribeRepositories: (input) => this.describe(textList(input, 'repositoryNames')),
      ListImages: (input) => ({
        imageIds: this.imagesOf(input).flatMap(({ digest, tags }) =>
          tags.map((imageTag) => ({ imageDigest: digest, imageTag })),
        ),
      }),
      DescribeImages: (input) => this.describeImages(input),
      BatchDeleteImage: (input) => this.deleteImages(input),
      GetAuthorizationToken: () => this.token(),
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
    for (const image of this.images.of(name)) this.images.delete(image);
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

  /**
   * What the stand-in for Docker pushes.
   *
   * @throws AwsError when there is no such repository, or its tag is taken for good.
   */
  push(input: Body): Body {
    const repository = this.repository(text(input, 'repository'));
    const made = { digest: text(input, 'digest'), title: text(input, 'title') };
    return { digest: this.images.push(repository, text(input, 'tag'), made).digest };
  }

  /** The image that a URI names; undefined when it is of another registry, or was never pushed. */
  find(uri: string): Image | undefined {
    const [, account, region, repository = '', imageTag, imageDigest] =
      /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(uri) ?? [];
    if (account !== this.parts.accountId || region !== this.parts.region) return undefined;
    return this.images.find(repository, { imageTag, imageDigest });
  }

  private imagesOf(input: Body): readonly Image[] {
    return this.images.of(this.repository(text(input, 'repositoryName')).name);
  }

  private describeImages(input: Body): Body {
    const { name } = this.repository(text(input, 'repositoryName'));
    const found =
      input.imageIds === undefined ? this.images.of(name) : idsOf(input).map((each) => this.images.get(name, each));
    return {
      imageDetails: found.map(({ digest, tags, pushed }) => ({
        registryId: this.parts.accountId,
        repositoryName: name,
        imageDigest: digest,
        imageTags: tags,
        imagePushedAt: new Date(pushed),
      })),
    };
  }

  private deleteImages(input: Body): Body {
    const { name } = this.repository(text(input, 'repositoryName'));
    const asked = idsOf(input).map((id) => ({ id, image: this.images.find(name, id) }));
    for (const { image } of asked) if (image !== undefined) this.images.delete(image);
    return {
      imageIds: asked.flatMap(({ id, image }) => (image === undefined ? [] : [{ imageDigest: image.digest, ...id }])),
      failures: asked.flatMap(({ id, image }) =>
        image === undefined
          ? [{ imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }]
          : [],
      ),
    };
  }

  private token(): Body {
    const { accountId, region, now } = this.parts;
    return {
      authorizationData: [
        {
          authorizationToken: Buffer.from('AWS:local').toString('base64'),
          expiresAt: new Date(now().getTime() + tokenHours * 3_600_000),
          proxyEndpoint: `https://${accountId}.dkr.ecr.${region}.amazonaws.com`,
        },
      ],
    };
  }

  private save(repository: Repository): Repository {
    this.repositories.put(repository.name, repository);
    return repository;
  }

  private arn(name: string): string {
    return `arn:${partition}:ecr:${this.parts.region}:${this.parts.accountId}:repository/${name}`;
  }
}

const idsOf = (input: Body): readonly ImageId[] =>
  bodies(input, 'imageIds').map((each) => ({
    imageTag: optionalText(each, 'imageTag'),
    imageDigest: optionalText(each, 'imageDigest'),
  }));
