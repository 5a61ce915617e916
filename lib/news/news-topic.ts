import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import type { Foundation } from '../foundation/foundation-stack';
import type { FunctionBundles } from '../functions/function-bundles';
import { ChatFunction } from './chat-function';

/** By name, because the functions that publish news belong to several stacks, and to stages of other accounts. */
export const newsTopicArn = (useCase: string): string => arn('sns', resourceNames.newsTopic(useCase));

export interface NewsTopicProps {
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
}

/**
 * The topic of a use case's news with its subscriptions; where there are chats, with the function that sends to them.
 *
 * Each use case has one of its own, because SNS takes an address once per topic: two use cases that share a mailbox could
 * not both subscribe it to one topic with filters of their own.
 */
export class NewsTopic extends Construct {
  constructor(scope: Construct, id: string, props: NewsTopicProps) {
    super(scope, id);
    const { name, notifications } = props.useCase;
    const { topicArn } = new sns.Topic(this, 'Topic', {
      topicName: resourceNames.newsTopic(name),
      displayName: `Mooring: ${name}`,
      masterKey: props.foundation.key,
      enforceSSL: true,
    });
    const { emails, webhooks, chats = [] } = notifications;
    for (const [index, endpoint] of [...emails, ...webhooks].entries()) {
      const protocol = index < emails.length ? 'email' : endpoint.startsWith('https:') ? 'https' : 'http';
      new sns.CfnSubscription(this, `Subscription${index}`, { topicArn, protocol, endpoint });
    }
    if (chats.length > 0)
      new ChatFunction(this, 'Chats', { ...props, useCase: name, network: props.useCase.network, chats, topicArn });
  }
}
