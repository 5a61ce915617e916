import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/app';
import { accountTemplates, everyTemplate, type NamedTemplate } from '../support/every-template';

/** A region of each partition that AWS sells to the public, with what CloudFormation resolves there. */
const partitions = [
  { partition: 'aws', region: 'eu-central-1', suffix: 'amazonaws.com' },
  { partition: 'aws-cn', region: 'cn-north-1', suffix: 'amazonaws.com.cn' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1', suffix: 'amazonaws.com' },
] as const;
type Partition = (typeof partitions)[number];
type Node = Readonly<Record<string, unknown>>;

/** Every string of a template as it is deployed to a partition; references to resources become `<id>`. */
function strings({ json }: NamedTemplate, place: Partition): string[] {
  const mappings = (json['Mappings'] ?? {}) as Readonly<Record<string, Record<string, Record<string, string>>>>;
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': place.partition,
    'AWS::Region': place.region,
    'AWS::URLSuffix': place.suffix,
    'AWS::AccountId': '111122223333',
  };
  const found: string[] = [];
  const intrinsic = (node: Node): string | undefined => {
    const [[name, inner] = ['', undefined], ...others] = Object.entries(node);
    if (others.length > 0) return undefined;
    const parts = inner as readonly unknown[];
    switch (name) {
      case 'Ref':
        return pseudo[String(inner)] ?? `<${String(inner)}>`;
      case 'Fn::Sub':
        return String(inner).replace(/\$\{([^}]+)\}/g, (_, each: string) => pseudo[each] ?? `<${each}>`);
      case 'Fn::Join':
        return (parts[1] as readonly unknown[]).map(resolved).join(String(parts[0]));
      case 'Fn::FindInMap':
        return mappings[resolved(parts[0])]?.[resolved(parts[1])]?.[resolved(parts[2])] ?? '<nothing in the map>';
      case 'Fn::GetAtt':
      case 'Fn::ImportValue':
      case 'Fn::Select':
      case 'Fn::Split':
        return `<${name}>`;
      default:
        return undefined;
    }
  };
  const resolved = (value: unknown): string =>
    typeof value === 'object' && value !== null ? (intrinsic(value as Node) ?? '') : String(value);
  const walk = (value: unknown): void => {
    if (typeof value === 'string') found.push(value);
    else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      const text = intrinsic(value as Node);
      if (text === undefined) Object.values(value).forEach(walk);
      else found.push(text);
    }
  };
  walk(json['Resources']);
  walk(json['Outputs']);
  return found;
}

test('Python of the product names no partition either (TypeScript is held to it by eslint)', () => {
  const found = ['python', 'packages/local-account/python'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.py') && readFileSync(join(root, folder, file), 'utf8').includes('arn:aws:'))
      .map((file) => `${folder}/${file}`),
  );
  expect(found).toEqual([]);
});

const regionless = everyTemplate();

describe.each(partitions)('templates that are deployed to $partition', (place) => {
  const texts = [...regionless, ...accountTemplates(place.region)].map((each) => ({
    name: each.name,
    strings: strings(each, place),
  }));
  const offending = (wrong: (text: string) => readonly string[]): readonly string[] =>
    texts.flatMap(({ name, strings: all }) => [...new Set(all.flatMap(wrong))].map((each) => `${name}: ${each}`));

  test('name nothing of another partition', () => {
    const other = (text: string): string[] =>
      [...text.matchAll(/\barn:(aws[a-z-]*):[^"\s]*/g)].flatMap(([arn, found]) =>
        found === place.partition ? [] : [arn],
      );
    expect(offending(other)).toEqual([]);
    expect(
      texts.flatMap((each) => each.strings).filter((each) => each.includes(`arn:${place.partition}:`)).length,
    ).toBeGreaterThan(500);
  });

  test('pull images from registries of the region', () => {
    const images = texts.flatMap((each) =>
      each.strings.flatMap((text) => [...text.matchAll(/[\w<> -]*\.dkr\.ecr\.[^"\s]*/g)].map(([image]) => image)),
    );
    expect(images.length).toBeGreaterThan(20);
    const own = new RegExp(`^\\d{12}\\.dkr\\.ecr\\.${place.region}\\.${place.suffix.replaceAll('.', '\\.')}/`);
    const missing = [...new Set(images.filter((each) => !own.test(each)))];
    // AWS publishes no image of Model Monitor in GovCloud: there the native engine cannot be deployed (docs/engines.md).
    const native = /sagemaker-(model-monitor-analyzer|clarify-processing)/;
    expect(missing.filter((each) => !(place.partition === 'aws-us-gov' && native.test(each)))).toEqual([]);
  });

  test('name hosts of the partition; service principals are the same everywhere', () => {
    const principal = /^[a-z0-9-]+(\.[a-z0-9-]+)?\.amazonaws\.com$/;
    const hosts = (text: string): string[] =>
      [...text.matchAll(/[a-z0-9.<>:-]+\.amazonaws\.com(\.cn)?/gi)].flatMap(([host]) =>
        host.endsWith(place.suffix) && (place.suffix !== 'amazonaws.com' || !host.endsWith('.cn'))
          ? []
          : principal.test(host) && !host.includes(place.region)
            ? []
            : [host],
      );
    expect(offending(hosts)).toEqual([]);
  });
});
