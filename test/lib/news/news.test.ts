import { rmSync } from 'node:fs';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { stackNames } from '../../../contracts/names';
import { testUseCases } from '../../support/app';
import { properties, synthTemplates } from '../../support/templates';

const emails = ['risk-team@example.com'];
const webhooks = ['https://example.com/news', 'http://intranet.example.com/news'];

/** Two use cases whose news go to the same mailbox. */
const useCases: LoadedUseCase[] = testUseCases().map((loaded) => ({
  ...loaded,
  useCase: { ...loaded.useCase, notifications: { emails, webhooks } },
}));
const names = useCases.map((each) => each.useCase.name);
const { outdir, template } = synthTemplates(useCases);
afterAll(() => rmSync(outdir, { recursive: true }));

describe('use cases that share a mailbox', () => {
  test('subscribe it each to a topic of their own, which SNS needs', () => {
    expect(names.length).toBeGreaterThan(1);
    const topics = names.map((name) => properties(template(stackNames.training(name)), 'AWS::SNS::Topic'));
    expect(topics.map((each) => each.map((topic) => topic['TopicName']))).toEqual(
      names.map((name) => [`${name}-news`]),
    );
  });

  test.each(names)('%s subscribes every address once, by its protocol, without a filter', (name) => {
    const found = properties(template(stackNames.training(name)), 'AWS::SNS::Subscription');
    expect(found.map(({ Protocol, Endpoint, FilterPolicy }) => [Protocol, Endpoint, FilterPolicy])).toEqual([
      ['email', 'risk-team@example.com', undefined],
      ['https', 'https://example.com/news', undefined],
      ['http', 'http://intranet.example.com/news', undefined],
    ]);
  });

  test('have no subscription anywhere else', () => {
    for (const name of names)
      for (const stack of [stackNames.serving(name), stackNames.monitoring(name), stackNames.retraining(name)])
        expect(properties(template(stack), 'AWS::SNS::Subscription')).toEqual([]);
  });
});

describe('each function that writes news', () => {
  test.each(
    names.flatMap((name) =>
      [stackNames.serving(name), stackNames.monitoring(name), stackNames.retraining(name)].map((stack) => [
        stack,
        name,
      ]),
    ),
  )('of %s writes to the topic of %s, and may', (stack, name) => {
    const functions = properties(template(stack), 'AWS::Lambda::Function').flatMap((each) => {
      const { Variables = {} } = (each['Environment'] ?? {}) as { Variables?: Readonly<Record<string, unknown>> };
      return Variables['MOORING_TOPIC_ARN'] === undefined ? [] : [JSON.stringify(Variables['MOORING_TOPIC_ARN'])];
    });
    expect(functions.length).toBeGreaterThan(0);
    for (const topic of functions) expect(topic).toContain(`:${name}-news"`);
    const policies = JSON.stringify(properties(template(stack), 'AWS::IAM::Policy'));
    expect(policies).toContain('sns:Publish');
    expect(policies).toContain(`:${name}-news"`);
  });
});
