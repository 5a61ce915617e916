import { featureNames } from '@mooring/use-case/use-case';
import { ask, csvLine, near, scoreOf } from './target';
import { expect, sampleAt, type TestCase } from './test-case';

/** CSV and JSON of three rows get three answers each, in the shape that callers rely on. */
export const contract: TestCase = async ({ target, useCase, samples }) => {
  const rows = [sampleAt(samples, 0), sampleAt(samples, 1), sampleAt(samples, 2)];
  const csv = await ask(target, useCase.name, rows.map(({ values }) => csvLine(values)).join('\n'));
  expect(csv.status === 200, `text/csv answered ${csv.status}: ${csv.body}`);
  const lines = csv.body.split('\n');
  expect(lines.length === rows.length, `${rows.length} rows got ${lines.length} lines`);
  const columns = useCase.task === 'binary' || useCase.task === 'multiclass' ? 2 : 1;
  const odd = lines.find((line) => line.split(',').length !== columns || !Number.isFinite(scoreOf(line)));
  expect(odd === undefined, `the line '${odd ?? ''}' is not ${columns === 2 ? 'label,score' : 'one number'}`);
  const numeric = new Set(
    useCase.dataset.columns.filter(({ type }) => type === 'number' || type === 'integer').map(({ name }) => name),
  );
  const instances = rows.map(({ values }) =>
    Object.fromEntries(
      featureNames(useCase).map((name, index) => {
        const value = values[index] ?? '';
        return [name, value === '' ? null : numeric.has(name) ? Number(value) : value];
      }),
    ),
  );
  const json = await ask(target, useCase.name, JSON.stringify({ instances }), 'application/json');
  expect(json.status === 200, `application/json answered ${json.status}: ${json.body}`);
  const { predictions = [] } = JSON.parse(json.body) as { readonly predictions?: readonly unknown[] };
  expect(predictions.length === rows.length, `${rows.length} instances got ${predictions.length} predictions`);
  return 'CSV and JSON of three rows got three answers each';
};

/** Rows of the test set get the scores that their evaluation recorded. */
export const knownSamples: TestCase = async ({ target, useCase, samples }) => {
  const chosen = samples.slice(0, 20);
  const { body, status } = await ask(target, useCase.name, chosen.map(({ values }) => csvLine(values)).join('\n'));
  expect(status === 200, `known rows answered ${status}: ${body}`);
  const wrong = body.split('\n').flatMap((line, index) => {
    const expected = chosen[index]?.expected ?? Number.NaN;
    return near(scoreOf(line), expected) ? [] : [`row ${index + 1} got ${line}, evaluated ${expected}`];
  });
  expect(wrong.length === 0, wrong.join('; '));
  return `${chosen.length} known rows got the scores of their evaluation`;
};

/** Bad rows are refused with a 4xx that says why; they are no failures of the model. */
export const errorPath: TestCase = async ({ target, useCase, samples }) => {
  const { values } = sampleAt(samples, 0);
  const tooMany = await ask(target, useCase.name, csvLine([...values, 'surplus']));
  expect(isRefusal(tooMany.status), `a row with a column too many answered ${tooMany.status}, not a 4xx`);
  expect(tooMany.body !== '', 'the answer to a bad row does not say what is wrong');
  const unknown = await ask(target, useCase.name, JSON.stringify({ instances: [{ nonsense: 1 }] }), 'application/json');
  expect(isRefusal(unknown.status), `an unknown column answered ${unknown.status}, not a 4xx`);
  return `bad rows answer ${tooMany.status} and ${unknown.status}`;
};

const isRefusal = (status: number): boolean => status >= 400 && status < 500;
