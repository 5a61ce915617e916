import type { AccountParts, AwsEvent } from '../../../../src/core/module';
import { StateEvents, upperSnake } from '../../../../src/services/sagemaker/runtime/state-events';

function recorder(): { readonly events: StateEvents; readonly heard: AwsEvent[] } {
  const heard: AwsEvent[] = [];
  const bus = { publish: (event: AwsEvent) => String(heard.push(event)) };
  return { heard, events: new StateEvents({ findPeer: () => bus } as unknown as AccountParts) };
}

describe('state changes as events of AWS', () => {
  test('an endpoint says its status in capitals, its times in milliseconds, and nothing of the account itself', () => {
    const { events, heard } = recorder();
    events.endpoint({
      EndpointName: 'e',
      EndpointArn: 'arn:e',
      EndpointConfigName: 'c',
      EndpointStatus: 'RollingBack',
      CreationTime: '2026-01-01T00:00:00.000Z',
      update: { x: 1 },
    });
    expect(heard).toEqual([
      {
        source: 'aws.sagemaker',
        'detail-type': 'SageMaker Endpoint State Change',
        resources: ['arn:e'],
        detail: {
          EndpointName: 'e',
          EndpointArn: 'arn:e',
          EndpointConfigName: 'c',
          EndpointStatus: 'ROLLING_BACK',
          CreationTime: 1767225600000,
          Tags: {},
        },
      },
    ]);
    expect(['InService', 'Creating', 'UpdateRollbackFailed'].map(upperSnake)).toEqual([
      'IN_SERVICE',
      'CREATING',
      'UPDATE_ROLLBACK_FAILED',
    ]);
  });

  test('an execution names what it was before and what it is now', () => {
    const { events, heard } = recorder();
    events.execution('arn:p', 'arn:p/execution/x', 'Executing', 'Failed', {
      displayName: 'run',
      startTime: '2026-01-01T00:00:00.000Z',
      endTime: '2026-01-01T00:01:00.000Z',
    });
    expect(heard[0]).toEqual({
      source: 'aws.sagemaker',
      'detail-type': 'SageMaker Model Building Pipeline Execution Status Change',
      resources: ['arn:p', 'arn:p/execution/x'],
      detail: {
        pipelineExecutionDisplayName: 'run',
        pipelineExecutionDescription: '',
        pipelineExecutionArn: 'arn:p/execution/x',
        pipelineArn: 'arn:p',
        previousPipelineExecutionStatus: 'Executing',
        currentPipelineExecutionStatus: 'Failed',
        executionStartTime: '2026-01-01T00:00:00.000Z',
        executionEndTime: '2026-01-01T00:01:00.000Z',
      },
    });
  });

  test('jobs and steps have detail types of their own', () => {
    const { events, heard } = recorder();
    events.job('Processing Job', 'arn:j', { ProcessingJobName: 'j', ProcessingJobStatus: 'Failed' });
    events.step('arn:p', 'arn:x', { stepName: 's', currentStepStatus: 'Succeeded' });
    events.deployment({ EndpointArn: 'arn:e', EndpointStatus: 'Updating' });
    expect(heard.map((each) => each['detail-type'])).toEqual([
      'SageMaker Processing Job State Change',
      'SageMaker Model Building Pipeline Execution Step Status Change',
      'SageMaker Endpoint Deployment State Change',
    ]);
    expect(heard[1]?.detail).toEqual({
      pipelineArn: 'arn:p',
      pipelineExecutionArn: 'arn:x',
      stepName: 's',
      currentStepStatus: 'Succeeded',
    });
  });
});
