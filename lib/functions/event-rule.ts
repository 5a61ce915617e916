import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface EventRuleProps {
  readonly ruleName: string;
  readonly description: string;
  readonly pattern: events.EventPattern;
  readonly target: Function;
  readonly deadLetters: sqs.IQueue;
}

/** Events of a pattern go to a function; after a day of attempts they go to the dead letters. */
export class EventRule extends Construct {
  readonly rule: events.Rule;

  constructor(scope: Construct, id: string, { target, deadLetters, pattern, ...props }: EventRuleProps) {
    super(scope, id);
    this.rule = new events.Rule(this, 'Rule', { ...props, eventPattern: pattern });
    // By its ARN, because the foundation's queue policy admits this account's rules already: a statement per rule would
    // make the foundation depend on every use case.
    const queue = sqs.Queue.fromQueueArn(this, 'DeadLetters', deadLetters.queueArn);
    this.rule.addTarget(
      new LambdaFunction(target, { deadLetterQueue: queue, retryAttempts: 8, maxEventAge: Duration.hours(24) }),
    );
  }
}
