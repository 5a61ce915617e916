import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import Ajv2020 from 'ajv/dist/2020';
import type { FrontDoorSettings } from '../../../contracts/front-door';
import { frontDoorSettings } from '../../../contracts/front-door-settings';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import type { UseCase } from '@mooring/use-case/use-case';
import { openApi } from '../../../lambda/predict/open-api';
import { rulesOf } from '../../../lambda/predict/predict';
import { checkRequest, readBody } from '../../../lambda/predict/request';
import { doorUseCase, record } from '../../support/door-use-case';
import { seeded } from '@mooring/local-account/test/support/seeded';

function settingsOf(useCase: UseCase): FrontDoorSettings {
  const { api = doorUseCase().api } = useCase;
  if (api === undefined) throw new Error('no api');
  return frontDoorSettings(useCase, api);
}

const jwt = { authorization: { type: 'jwt', issuer: 'https://login.example.com/', audience: ['doors'] } };
const useCases = [
  doorUseCase(),
  doorUseCase(jwt, { labels: undefined }),
  doorUseCase({ unknown_categories: 'accept', explanations: false }),
  ...loadUseCases(join(__dirname, '../../../pipeline-defs')).map((each) => each.useCase),
];

describe('the OpenAPI document', () => {
  test.each(useCases.map((each, index) => [`${each.name} ${index}`, each] as const))(
    'of %s is valid by the rules of a public validator',
    async (_, useCase) => {
      const settings = settingsOf(useCase);
      const document = openApi(settings, rulesOf(settings, undefined));
      const config = await createConfig({ extends: ['recommended'] });
      const problems = await lintFromString({ source: JSON.stringify(document), config });
      expect(problems.map((each) => `${each.ruleId}: ${each.message}`)).toEqual([]);
    },
  );

  test('would be found out if it were not', async () => {
    const settings = settingsOf(doorUseCase());
    const document = { ...openApi(settings, rulesOf(settings, undefined)), paths: { '/predict': { post: {} } } };
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: JSON.stringify(document), config });
    expect(problems.map((each) => each.ruleId)).toContain('operation-operationId');
  });
});

describe('requests by the thousand', () => {
  const settings = settingsOf(doorUseCase());
  const live = { categories: new Map([['region', ['north', 'south', '7', 'true']]]) };
  const rules = rulesOf(settings, { ...live, manifest: {} as never, typical: new Map() });
  const { components } = openApi(settings, rules) as { readonly components: object };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const valid = ajv.compile({ $ref: '#/components/schemas/PredictRequest', components });
  const accepts = (body: unknown): boolean => {
    const text = JSON.stringify(body);
    const event = { rawPath: '/predict', headers: { 'content-type': 'application/json' }, body: text } as never;
    try {
      checkRequest(readBody(event, 1_000_000), rules, true);
      return true;
    } catch {
      return false;
    }
  };
  const oddities: readonly unknown[] = [
    ...['red', 'green', '3', 3, 'blue', 'north', '7', 7, true, 'true', false, null, '', ' ', ' red', 'null', 'NaN'],
    ...[0, -1, 17, 18, 120, 121, 40.5, 1e300, -1e300, 3.4e38, 2 ** 53, -(2 ** 53), 1200.5, -0],
    ...['2026-01-31T10:00:00Z', '2026-02-29T10:00:00Z', '2024-02-29T10:00:00+01:00', '1600-01-01T00:00:00Z'],
    ...['2100-02-29T00:00:00Z', '2000-02-29T00:00:00.123456Z', '2026-01-31', '2026-04-31T00:00:00Z', 'a\nb', '\u0000'],
    ...[[], {}, [1], { a: 1 }, 'x'.repeat(256), 'x'.repeat(257), '\u{1f600}'.repeat(256)],
  ];
  const random = seeded(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

  test('are accepted by the checks exactly when the schema accepts them', () => {
    const names = [...Object.keys(record), 'other', '__proto__', 'toString'];
    const counts = { yes: 0, no: 0 };
    for (let index = 0; index < 5_000; index += 1) {
      const features: Record<string, unknown> = { ...record };
      const changes = Math.floor(random() * 3);
      for (let change = 0; change < changes; change += 1) {
        const name = pick(names);
        if (random() < 0.1) delete features[name];
        else Object.defineProperty(features, name, { value: pick(oddities), enumerable: true, configurable: true });
      }
      const body = random() < 0.9 ? { features } : { features, [pick(['explain', 'extra'])]: pick(oddities) };
      const expected = valid(JSON.parse(JSON.stringify(body)));
      counts[expected ? 'yes' : 'no'] += 1;
      if (accepts(body) !== expected) throw new Error(`${JSON.stringify(body)}: the schema says ${expected}`);
    }
    // The comparison means something only when both happen a lot.
    expect(counts.yes).toBeGreaterThan(1_000);
    expect(counts.no).toBeGreaterThan(1_000);
  });
});
