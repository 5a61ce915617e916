import { accountTemplates, everyTemplate, type NamedTemplate } from '../../support/every-template';

type Statement = Readonly<Record<string, unknown>>;

/**
 * Condition keys that a service's calls of KMS are documented to carry. Without documentation there is none: a condition on
 * a key that is not sent denies every call, and nobody hears of it.
 */
const documented: Readonly<Record<string, readonly string[]>> = {
  // SNS guide, "Enable compatibility between event sources and encrypted topics": alarms send both.
  'cloudwatch.amazonaws.com': ['aws:SourceAccount', 'aws:SourceArn'],
  // The same guide: "not supported for EventBridge-to-encrypted topics". For queues nothing is documented.
  'events.amazonaws.com': [],
  // CloudWatch Logs guide, "Encrypt log data using KMS".
  'logs.amazonaws.com': ['kms:EncryptionContext:aws:logs:arn'],
};

/** `logs.eu-west-1.amazonaws.com` and its like in other regions and partitions are `logs.amazonaws.com` of the table. */
const serviceOf = (principal: unknown): string => {
  const text = typeof principal === 'string' ? principal : JSON.stringify(principal);
  return /\blogs\./.test(text) ? 'logs.amazonaws.com' : text;
};

/** What key policies ask of services without documentation: `template key: service condition`. */
export function undocumented({ name, json }: NamedTemplate): readonly string[] {
  const resources = Object.entries(
    (json['Resources'] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  );
  return resources
    .filter(([, each]) => each['Type'] === 'AWS::KMS::Key')
    .flatMap(([id, each]) => {
      const { KeyPolicy: policy } = each['Properties'] as {
        readonly KeyPolicy: { readonly Statement: readonly Statement[] };
      };
      return policy.Statement.flatMap((statement) => {
        const services = [(statement['Principal'] as Record<string, unknown> | undefined)?.['Service'] ?? []].flat();
        const keys = Object.values((statement['Condition'] ?? {}) as Readonly<Record<string, object>>).flatMap(
          (operator) => Object.keys(operator),
        );
        return services
          .map(serviceOf)
          .flatMap((service) =>
            keys
              .filter((key) => documented[service]?.includes(key) !== true)
              .map((key) => `${name} ${id}: ${service} ${key}`),
          );
      });
    });
}

test('key policies ask services for nothing that they are not documented to send', () => {
  const templates = [...everyTemplate(), ...accountTemplates('eu-central-1')];
  expect(templates.length).toBeGreaterThan(40);
  expect(templates.flatMap(undocumented)).toEqual([]);
});

test('a condition on the source account of EventBridge is found out', () => {
  const policy = {
    Statement: [
      {
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'kms:Decrypt',
        Condition: { StringEquals: { 'aws:SourceAccount': '1' } },
      },
    ],
  };
  const json = { Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policy } } } };
  expect(undocumented({ name: 'T', json })).toEqual(['T Key: events.amazonaws.com aws:SourceAccount']);
});
