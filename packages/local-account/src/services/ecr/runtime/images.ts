import { AwsError } from '../../../core/errors';
import type { Collection, Store } from '../../../core/store';

/** What a push left in a repository. There are no layers: nothing is built here, and nothing can be pulled. */
export interface Image {
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  /** The label org.opencontainers.image.title: what the account knows the content by. */
  readonly title: string;
  /** ISO-8601. */
  readonly pushed: string;
}

/** How a request names an image. */
export interface ImageId {
  readonly imageTag?: string | undefined;
  readonly imageDigest?: string | undefined;
}

const describe = ({ imageDigest, imageTag }: ImageId): string =>
  `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;

/** Images of the repositories, by digest. */
export class Images {
  private readonly images: Collection<Image>;

  constructor(
    store: Store,
    private readonly now: () => Date,
  ) {
    this.images = store.collection('ecr.images');
  }

  of(repository: string): readonly Image[] {
    return this.images.values().filter((each) => each.repository === repository);
  }

  find(repository: string, { imageDigest, imageTag }: ImageId): Image | undefined {
    return this.of(repository).find((each) =>
      imageDigest === undefined ? imageTag !== undefined && each.tags.includes(imageTag) : each.digest === imageDigest,
    );
  }

  /** @throws AwsError ImageNotFoundException. */
  get(repository: string, id: ImageId): Image {
    const found = this.find(repository, id);
    if (found === undefined)
      throw new AwsError(
        'ImageNotFoundException',
        `The image with imageId ${describe(id)} does not exist within the repository with name '${repository}'`,
      );
    return found;
  }

  /** @throws AwsError ImageTagAlreadyExistsException when another image has the tag for good. */
  push(repository: { readonly name: string; readonly tagMutability: string }, tag: string, made: Made): Image {
    const { name } = repository;
    const before = this.find(name, { imageTag: tag });
    if (before !== undefined && before.digest !== made.digest) {
      if (repository.tagMutability === 'IMMUTABLE')
        throw new AwsError(
          'ImageTagAlreadyExistsException',
          `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
        );
      this.put({ ...before, tags: before.tags.filter((each) => each !== tag) });
    }
    const same = this.find(name, { imageDigest: made.digest });
    const tags = [...new Set([...(same?.tags ?? []), tag])];
    return this.put({ ...made, repository: name, tags, pushed: same?.pushed ?? this.now().toISOString() });
  }

  delete({ repository, digest }: Image): void {
    this.images.delete(`${repository}@${digest}`);
  }

  private put(image: Image): Image {
    this.images.put(`${image.repository}@${image.digest}`, image);
    return image;
  }
}

/** What a build made. */
export type Made = Pick<Image, 'digest' | 'title'>;
