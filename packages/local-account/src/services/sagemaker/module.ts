import { join } from 'node:path';
import { bodies, text } from '../../core/input';
import type { AccountParts, Module, ModuleFactory } from '../../core/module';
import type { Body, Operation } from '../../core/service';
import './index';
import { sageMakerCalls } from './resources/calls';
import { sageMakerProviders } from './resources/providers';
import { AsyncInference } from './runtime/hosting/async-inference';
import { EndpointFaults } from './runtime/hosting/endpoint-faults';
import { modelSource } from './runtime/hosting/model-server';
import type { ModelSource } from './runtime/hosting/model-server';
import { StepCache } from './runtime/pipelines/cache';
import type { ExecutionRecord, StepRecord } from './runtime/pipelines/execution-record';
import { ExecutionRecords } from './runtime/pipelines/execution-record';
import { Executor } from './runtime/pipelines/executor';
import type { JobParts } from './runtime/jobs/job';
import { ContainerCredentials } from './runtime/jobs/container-credentials';
import { Interpreters } from './runtime/jobs/interpreters';
import { checkStep } from './runtime/pipelines/runners/check-steps';
import { conditionStep, failStep } from './runtime/pipelines/runners/control-steps';
import { jobStep } from './runtime/pipelines/runners/job-steps';
import { callbackStep, lambdaStep } from './runtime/pipelines/runners/message-steps';
import type { PendingCallback } from './runtime/pipelines/runners/message-steps';
import { endpointStep, resourceStep } from './runtime/pipelines/runners/resource-steps';
import type { StepRunner } from './runtime/pipelines/step-runner';
import { DefinitionStore } from './api/definition-store';
import { EndpointConfigs } from './api/endpoint-configs';
import { Endpoints } from './api/endpoints';
import { Executions } from './api/executions';
import { executionEvents } from './runtime/pipelines/execution-events';
import { jobWork } from './runtime/jobs/job-work';
import { Jobs } from './api/jobs';
import { page } from './api/listing';
import { ModelPackages } from './api/model-packages';
import { Models } from './api/models';
import { Pipelines } from './api/pipelines';
import { SageMakerService } from './api/service';
import { Shapes } from './runtime/shapes';
import { StateEvents } from './runtime/state-events';
import { Tags } from './api/tags';

/** SageMaker: pipelines, jobs, registry, models and endpoints. */
export const sagemakerModule: ModuleFactory = (account) => {
  const parts = jobParts(account);
  const shapes = new Shapes();
  const tags = new Tags(account.store.collection('sagemaker.tags'));
  const events = new StateEvents(account);
  const packages = new ModelPackages(account, events, tags);
  const models = new Models(account, tags);
  const packageOf = (arn: string): Body => packages.get(arn);
  const sourceOf = (model: string): ModelSource => modelSource(models.get(model), packageOf);
  const configs = new EndpointConfigs(account, models, tags);
  const faults = new EndpointFaults();
  const endpoints = new Endpoints({ ...parts, configs, events, tags, sourceOf, faults });
  const jobs: Jobs = new Jobs(
    account,
    events,
    tags,
    jobWork(parts, sourceOf, () => jobs),
  );
  const asynchronous = new AsyncInference(
    account,
    (name, request) => endpoints.invoke(name, request),
    (name) => endpoints.roleOf(name),
  );

  const records = executionRecords(account);
  const definitions = new DefinitionStore(account, shapes, records.definitions);
  const pipelines = new Pipelines(account, definitions, tags, () => parts.interpreters.warm());
  const callbacks = account.store.collection<PendingCallback>('sagemaker.callbacks');
  const cache = new StepCache(account.store.collection('sagemaker.step-cache'));
  const runners = stepRunners(account, jobs, endpoints, callbacks, (execution, step, outcome) =>
    executor.complete(execution, step, outcome),
  );
  const executor: Executor = new Executor({
    account,
    records,
    cache,
    runners,
    observer: executionEvents(account, events),
  });
  const executions = new Executions({ account, pipelines, records, executor, callbacks });

  const api = new SageMakerService(account, shapes, [
    tags.operations,
    pipelines.operations,
    executions.operations,
    jobs.operations,
    models.operations,
    configs.operations,
    endpoints.operations,
    packages.operations,
    readings(jobs),
  ]);
  const module: Module = {
    name: 'sagemaker',
    sites: [parts.credentials],
    services: [api],
    peers: { hosting: { endpoints, asynchronous } },
    controls: [{ method: 'POST', path: '/_local/endpoint-faults', handle: (input) => faults.set(input) }],
    providers: sageMakerProviders(sageMakerCalls(account, shapes, tags), endpoints),
    start: () => {
      jobs.failInterrupted();
      executor.failInterrupted();
      endpoints.resume();
    },
    stop: async () => {
      jobs.stopAll();
      await endpoints.stopAll();
      await parts.interpreters.stop();
    },
  };
  return module;
};

function jobParts(account: AccountParts): JobParts {
  const folder = join(account.folder, 'sagemaker');
  return {
    account,
    folder,
    interpreters: new Interpreters(account, folder),
    credentials: new ContainerCredentials(account),
  };
}

const executionRecords = (account: AccountParts): ExecutionRecords =>
  new ExecutionRecords(
    account.store.collection<ExecutionRecord>('sagemaker.executions'),
    account.store.collection<StepRecord>('sagemaker.execution-steps'),
    account.store.collection<string>('sagemaker.definitions'),
  );

function stepRunners(
  account: AccountParts,
  jobs: Jobs,
  endpoints: Endpoints,
  callbacks: ReturnType<typeof account.store.collection<PendingCallback>>,
  complete: Parameters<typeof endpointStep>[2],
): Readonly<Record<string, StepRunner>> {
  return {
    Processing: jobStep(account, jobs, 'processing'),
    QualityCheck: checkStep(account, jobStep(account, jobs, 'processing')),
    ClarifyCheck: checkStep(account, jobStep(account, jobs, 'processing')),
    Training: jobStep(account, jobs, 'training'),
    Tuning: jobStep(account, jobs, 'tuning'),
    Transform: jobStep(account, jobs, 'transform'),
    Model: resourceStep(account, 'Model'),
    RegisterModel: resourceStep(account, 'RegisterModel'),
    EndpointConfig: resourceStep(account, 'EndpointConfig'),
    Endpoint: endpointStep(account, endpoints, complete),
    Condition: conditionStep,
    Fail: failStep,
    Lambda: lambdaStep(account),
    Callback: callbackStep(account, callbacks),
  };
}

/** Lists that belong to no collection of their own. */
function readings(jobs: Jobs): Readonly<Record<string, Operation>> {
  return {
    ListTrainingJobsForHyperParameterTuningJob: (input) =>
      page(
        bodies(jobs.describe('tuning', text(input, 'HyperParameterTuningJobName')), 'TrainingJobSummaries'),
        input,
        'TrainingJobSummaries',
      ),
    // Model Monitor is closed to new accounts; a new account has no schedule.
    ListMonitoringSchedules: (input) => page([], input, 'MonitoringScheduleSummaries'),
  };
}
