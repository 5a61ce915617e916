import {
  ConditionStep,
  isIn,
  join,
  Pipeline,
  processingCluster,
  processingOutput,
  ProcessingStep,
  StringParameter,
} from '@mooring/pipeline-language';
import type { PipelineContext } from '../../../../pipeline-defs/standard/place';

/** One job, and forty gates with five hundred allowed words each: 250 kB. */
export function pipeline({ place }: PipelineContext): Pipeline {
  const word = new StringParameter('Word', { default: 'word-1-1' });
  const note = new ProcessingStep('Note', {
    arguments: {
      RoleArn: place.roleArn,
      AppSpecification: {
        ImageUri: place.images.processing,
        ContainerEntrypoint: ['python3', '-c'],
        ContainerArguments: [
          "import pathlib, sys; pathlib.Path('/opt/ml/processing/output/note/note.txt').write_text(sys.argv[1])",
          join(' ', [word, 'in', place.artifactBucket]),
        ],
      },
      ProcessingOutputConfig: {
        Outputs: [processingOutput('note', `s3://${place.artifactBucket}/wide/executions/note`)],
        KmsKeyId: place.kmsKeyArn,
      },
      ProcessingResources: processingCluster('ml.m5.large'),
    },
  });
  const gates = Array.from({ length: 40 }, (_, gate) => {
    const words = Array.from({ length: 500 }, (_each, index) => `word-${gate}-${index}`);
    return new ConditionStep(`Gate${gate}`, {
      conditions: [isIn(word, [...words, 'word-1-1'])],
      elseSteps: [],
      dependsOn: [note],
    });
  });
  return new Pipeline({
    name: place.pipelineName,
    parameters: [word],
    steps: [note, ...gates],
  });
}
