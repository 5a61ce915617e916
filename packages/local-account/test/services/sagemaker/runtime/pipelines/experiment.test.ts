import { CreatePipelineCommand } from '@aws-sdk/client-sagemaker';
import { Laptop } from '../../../../support/laptop';

describe('the experiment of an execution', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await Laptop.start();
  });
  afterAll(() => laptop.stop());

  const told = async (PipelineName: string, PipelineExperimentConfig: unknown): Promise<unknown> => {
    const definition = {
      Version: '2020-12-01',
      Metadata: {},
      Parameters: [{ Name: 'Study', Type: 'String', DefaultValue: 'winter' }],
      PipelineExperimentConfig,
      Steps: [{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: 'enough' } }],
    };
    await laptop.sagemaker.send(
      new CreatePipelineCommand({
        PipelineName,
        PipelineDefinition: JSON.stringify(definition),
        RoleArn: laptop.roleArn,
        ClientRequestToken: laptop.token(),
      }),
    );
    return (await laptop.run(PipelineName)).PipelineExperimentConfig;
  };

  test('is named as in the definition, with parameters and variables replaced', async () => {
    expect(
      await told('named', {
        ExperimentName: { Get: 'Parameters.Study' },
        TrialName: { Get: 'Execution.PipelineName' },
      }),
    ).toEqual({ ExperimentName: 'winter', TrialName: 'named' });
  });

  test('is none when the definition wants none', async () => {
    expect(await told('none', null)).toBeUndefined();
  });
});
