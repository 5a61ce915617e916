import { AwsError } from '../../../core/errors';
import { body, optionalNumber, optionalText, text } from '../../../core/input';
import type { Clock } from '../../../core/clock';
import type { Body } from '../../../core/service';
import { reference, type AsyncSettings } from '../runtime/function-record';
import type { Functions } from './functions';

/** What happens to events that a function could not take: retries, age and destinations, per function and qualifier. */
export class EventInvokeConfigs {
  constructor(
    private readonly functions: Functions,
    private readonly clock: Clock,
  ) {}

  /** Replaces all settings. */
  put(input: Body): Body {
    return this.store(input, {});
  }

  /** Changes the settings that are given. */
  update(input: Body): Body {
    return this.store(input, this.functions.asyncSettings.get(this.key(input)) ?? {});
  }

  delete(input: Body): void {
    this.functions.asyncSettings.delete(this.key(input));
  }

  /** @throws AwsError ResourceNotFoundException when nothing was set. */
  get(input: Body): Body {
    const { name, qualifier } = this.target(input);
    const arn = this.functions.arn(name);
    const settings = this.functions.asyncSettings.get(this.key(input));
    if (settings === undefined)
      throw new AwsError(
        'ResourceNotFoundException',
        `The function ${qualifier === undefined ? arn : `${arn}:${qualifier}`} doesn't have an EventInvokeConfig`,
        404,
      );
    const destination = (target: string | undefined): Body => (target === undefined ? {} : { Destination: target });
    return {
      FunctionArn: `${arn}:${qualifier ?? '$LATEST'}`,
      MaximumRetryAttempts: settings.maximumRetryAttempts,
      MaximumEventAgeInSeconds: settings.maximumEventAgeInSeconds,
      DestinationConfig: { OnSuccess: destination(settings.onSuccess), OnFailure: destination(settings.onFailure) },
      LastModified: this.clock.now(),
    };
  }

  private store(input: Body, before: AsyncSettings): Body {
    const { name, qualifier } = this.target(input);
    this.functions.require(name, qualifier);
    const destinations = body(input, 'DestinationConfig');
    this.functions.asyncSettings.put(this.key(input), {
      maximumRetryAttempts: optionalNumber(input, 'MaximumRetryAttempts') ?? before.maximumRetryAttempts,
      maximumEventAgeInSeconds: optionalNumber(input, 'MaximumEventAgeInSeconds') ?? before.maximumEventAgeInSeconds,
      onSuccess: optionalText(body(destinations, 'OnSuccess'), 'Destination') ?? before.onSuccess,
      onFailure: optionalText(body(destinations, 'OnFailure'), 'Destination') ?? before.onFailure,
    });
    return this.get(input);
  }

  private target(input: Body): ReturnType<typeof reference> {
    return reference(text(input, 'FunctionName'), optionalText(input, 'Qualifier'));
  }

  private key(input: Body): string {
    const { name, qualifier } = this.target(input);
    return `${name}:${qualifier ?? '$LATEST'}`;
  }
}
