import { monitorKinds, resourceNames, stackNames, stageNames } from '../../contracts/names';

describe('names of a use case with the longest name that is allowed', () => {
  const useCase = 'a'.repeat(30);
  /** A run's name ends with a hyphen and the scheduler's 16 characters. */
  const run = (name: string): string => `${name}-d32c5kddcf5bb8c3`;
  /** A configuration's name ends with version and hash. */
  const configuration = (name: string): string => `${name}-v999-0a1b2c3d`;

  test.each([
    ...monitorKinds.map(
      (kind) => [`run of the ${kind} monitor`, run(resourceNames.schedule(useCase, kind)), 63] as const,
    ),
    ...stageNames.map(
      (stage) =>
        [`endpoint configuration of ${stage}`, configuration(resourceNames.endpoint(useCase, stage)), 63] as const,
    ),
    ['package group', resourceNames.packageGroup(useCase), 63],
    ['deploy function', resourceNames.deployFunction(useCase), 64],
    ['schedule', resourceNames.schedule(useCase, 'explanations'), 64],
    ['stack', stackNames.monitoring(useCase), 128],
  ] as const)('fit what the service allows: %s', (_what, name, longest) => {
    expect(name.length).toBeLessThanOrEqual(longest);
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/);
  });
});
