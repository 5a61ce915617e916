import { Aws } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Chat, ChatSettings } from '@mooring/use-case/chat';
import { environment } from '../../contracts/environment';
import { resourceNames } from '../../contracts/names';
import type { Network } from '@mooring/use-case/sections/network';
import { arn } from '../config/arn';
import { allow } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';

export interface ChatFunctionProps {
  readonly useCase: string;
  readonly network: Network | undefined;
  readonly chats: readonly Chat[];
  readonly topicArn: string;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
}

/**
 * Sends the notifications of a use case to its chats, in their own format.
 *
 * It subscribes to the topic like everybody else, so that those who write news need not know of chats.
 */
export class ChatFunction extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ChatFunctionProps,
  ) {
    super(scope, id);
    const chat = this.createFunction();
    this.allowAddresses(chat);
    this.subscribe(chat);
  }

  private createFunction(): MooringFunction {
    const { useCase, network, chats, foundation, bundles } = this.props;
    return new MooringFunction(this, 'Chat', {
      code: 'chat',
      functionName: resourceNames.chatFunction(useCase),
      description: `Sends the notifications of ${useCase} to its chats`,
      bundles,
      key: foundation.key,
      network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      environment: {
        [environment.useCase]: useCase,
        [environment.settings]: JSON.stringify({ chats } satisfies ChatSettings),
      },
    });
  }

  /** The key opens nothing but these parameters, and locks nothing but dead letters. */
  private allowAddresses({ role }: MooringFunction): void {
    const { chats, foundation } = this.props;
    const parameters = chats.map(({ parameter }) => arn('ssm', `parameter${parameter}`));
    const via = (service: string): string => `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`;
    allow(role, 'Addresses', ['ssm:GetParameter'], parameters);
    allow(role, 'AddressKey', ['kms:Decrypt'], [foundation.key.keyArn], {
      conditions: {
        StringEquals: { 'kms:ViaService': via('ssm'), 'kms:EncryptionContext:PARAMETER_ARN': parameters },
      },
    });
    allow(role, 'DeadLetterKey', ['kms:Decrypt', 'kms:GenerateDataKey'], [foundation.key.keyArn], {
      conditions: { StringEquals: { 'kms:ViaService': via('sqs') } },
    });
  }

  private subscribe({ function: { functionArn } }: MooringFunction): void {
    const { topicArn } = this.props;
    const permission = new lambda.CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'sns.amazonaws.com',
      sourceArn: topicArn,
    });
    const subscription = new sns.CfnSubscription(this, 'Subscription', {
      topicArn,
      protocol: 'lambda',
      endpoint: functionArn,
    });
    // News between the two would be lost.
    subscription.node.addDependency(permission);
  }
}
