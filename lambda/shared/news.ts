import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';

/** Something that people should know. */
export interface News {
  readonly useCase: string;
  readonly kind: 'deployment' | 'drift' | 'monitoring' | 'retraining';
  readonly subject: string;
  /** Paragraphs and lines of the message. */
  readonly lines: readonly string[];
}

/** SNS refuses longer subjects, line breaks, and anything but ASCII. */
const longestSubject = 100;

/** Publishes news as text that can be read in an e-mail. The use case is an attribute, so that subscribers can filter. */
export async function publish(sns: SNSClient, topicArn: string, news: News): Promise<void> {
  const subject = `[${news.useCase}] ${news.subject}`.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?');
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subject.length <= longestSubject ? subject : `${subject.slice(0, longestSubject - 3)}...`,
      Message: news.lines.join('\n'),
      MessageAttributes: {
        use_case: { DataType: 'String', StringValue: news.useCase },
        kind: { DataType: 'String', StringValue: news.kind },
      },
    }),
  );
}
