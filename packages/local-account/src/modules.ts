import type { ModuleFactory } from './core/module';
import { applicationAutoscalingModule } from './services/application-autoscaling/module';
import { apiGatewayModule } from './services/apigatewayv2/module';
import { cloudwatchModule } from './services/cloudwatch/module';
import { codeBuildModule } from './services/codebuild/module';
import { codeConnectionsModule } from './services/codeconnections/module';
import { codePipelineModule } from './services/codepipeline/module';
import { eventsModule } from './services/events/module';
import { lambdaModule } from './services/lambda/module';
import { sagemakerModule } from './services/sagemaker/module';
import { sagemakerRuntimeModule } from './services/sagemaker-runtime/module';
import { schedulerModule } from './services/scheduler/module';
import { serviceQuotasModule } from './services/servicequotas/module';
import { snsModule } from './services/sns/module';
import { sqsModule } from './services/sqs/module';

/** Modules of the account beside its foundation, in the order they start: what others call comes first. */
export const defaultModules: readonly ModuleFactory[] = [
  lambdaModule,
  sqsModule,
  snsModule,
  eventsModule,
  schedulerModule,
  cloudwatchModule,
  sagemakerModule,
  sagemakerRuntimeModule,
  applicationAutoscalingModule,
  apiGatewayModule,
  codeBuildModule,
  codePipelineModule,
  codeConnectionsModule,
  serviceQuotasModule,
];
