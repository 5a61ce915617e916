import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sparkCommand } from '../../../../../src/services/sagemaker/runtime/jobs/spark';
import { knownImage } from '../../../../../src/services/sagemaker/runtime/jobs/stand-in';

const profile = ['python3', 'code.zip', 'monitor', 'profile'];
const spark = [...profile, '--engine', 'spark'];

describe("the monitor's own image on a laptop", () => {
  let folder: string;
  let env: Readonly<Record<string, string>>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mooring-spark-'));
    mkdirSync(join(folder, 'env/lib/python3.12/site-packages/pyspark'), { recursive: true });
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/java'), '');
    env = { PATH: `/nowhere:${join(folder, 'bin')}` };
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const started = (command: readonly string[], path = env, name = 'env') =>
    sparkCommand(command, path, join(folder, name));

  test('is known by the name of its repository, and no other image is', () => {
    expect(() =>
      knownImage(`1.dkr.ecr.eu-west-1.amazonaws.com/mooring-monitor@sha256:${'0'.repeat(64)}`),
    ).not.toThrow();
    expect(() => knownImage('1.dkr.ecr.eu-west-1.amazonaws.com/other-monitor:1')).toThrow('other-monitor:1');
  });

  test('runs by the Python that has pyspark', () => {
    expect(started(spark)).toEqual(['/usr/bin/env', join(folder, 'env/bin/python'), ...spark.slice(1)]);
  });

  test('finds Java by JAVA_HOME, too', () => {
    expect(started(spark, { JAVA_HOME: folder })[0]).toBe('/usr/bin/env');
  });

  test('refuses Spark by name where something is missing', () => {
    expect(() => started(spark, env, 'none')).toThrow(/does not support Spark without pyspark in .*none; install/);
    expect(() => started(spark, { PATH: '/nowhere' })).toThrow(/Spark without Java on the search path/);
    expect(() => started(spark, {}, 'none')).toThrow(/pyspark in .*none and Java/);
  });

  test.each(['auto', 'process'])('is one process there with --engine %s', (engine) => {
    const command = [...profile, '--engine', engine];
    expect(started(command, env, 'none')).toBe(command);
  });
});
