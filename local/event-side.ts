import type { ModuleFactory } from './core/module';
import { cloudwatchModule } from './services/cloudwatch/module';
import { eventsModule } from './services/events/module';
import { lambdaModule } from './services/lambda/module';
import { schedulerModule } from './services/scheduler/module';
import { snsModule } from './services/sns/module';
import { sqsModule } from './services/sqs/module';

/** Modules that carry events: queues first, then those that use them, then those that fire timers. */
export const eventSideModules: readonly ModuleFactory[] = [
  sqsModule,
  snsModule,
  lambdaModule,
  eventsModule,
  cloudwatchModule,
  schedulerModule,
];
