import { validation } from '../../../../core/errors';
import { bodies, body, optionalNumber, optionalText, text } from '../../../../core/input';
import type { Body } from '../../../../core/service';

/** One stage of shifting traffic: this share of the requests goes to the new fleet, for this long. */
export interface Shift {
  readonly share: number;
  readonly waitSeconds: number;
}

/** How an update moves traffic from the old fleet to the new one. */
export interface DeploymentPlan {
  readonly shifts: readonly Shift[];
  /** Alarms that take it back. */
  readonly alarms: readonly string[];
  /** Virtual seconds after which it is taken back. */
  readonly timeoutSeconds: number;
}

/** Without a DeploymentConfig: everything at once, no baking. */
export const allAtOnce: DeploymentPlan = { shifts: [{ share: 1, waitSeconds: 0 }], alarms: [], timeoutSeconds: 28_800 };

/** Share of a fleet that a CapacitySize stands for. */
function shareOf(size: Body, instances: number, member: string): number {
  const value = optionalNumber(size, 'Value') ?? 0;
  const type = text(size, 'Type');
  if (type === 'INSTANCE_COUNT') {
    if (value < 1 || value > instances)
      throw validation(`${member} of ${value} instances does not fit a fleet of ${instances}`);
    return value / instances;
  }
  if (type !== 'CAPACITY_PERCENT')
    throw validation(`${member}.Type must be INSTANCE_COUNT or CAPACITY_PERCENT, not '${type}'`);
  if (value < 1 || value > 100) throw validation(`${member} must be from 1 to 100 percent, not ${value}`);
  // A share of the fleet is whole instances, at least one.
  return Math.max(1, Math.round((value / 100) * instances)) / instances;
}

function steps(share: number, wait: number): Shift[] {
  const count = Math.ceil(1 / share - 1e-9);
  return Array.from({ length: count }, (_, index) => ({ share: Math.min(1, (index + 1) * share), waitSeconds: wait }));
}

function blueGreen(policy: Body, instances: number): readonly Shift[] {
  const routing = body(policy, 'TrafficRoutingConfiguration');
  const type = text(routing, 'Type');
  const wait = optionalNumber(routing, 'WaitIntervalInSeconds') ?? 0;
  const termination = optionalNumber(policy, 'TerminationWaitInSeconds') ?? 0;
  if (wait > 3600 || termination > 3600)
    throw validation('WaitIntervalInSeconds and TerminationWaitInSeconds may be 3600 at most');
  const bake = { share: 1, waitSeconds: termination };
  switch (type) {
    case 'ALL_AT_ONCE':
      return [{ share: 1, waitSeconds: wait + termination }];
    case 'CANARY': {
      if (instances < 2) return [{ share: 1, waitSeconds: wait + termination }];
      const share = shareOf(body(routing, 'CanarySize'), instances, 'CanarySize');
      if (share > 0.5) throw validation('CanarySize may be half of the fleet at most');
      return [{ share, waitSeconds: wait }, bake];
    }
    case 'LINEAR': {
      if (instances < 2) return [{ share: 1, waitSeconds: wait + termination }];
      const share = shareOf(body(routing, 'LinearStepSize'), instances, 'LinearStepSize');
      const size = body(routing, 'LinearStepSize');
      if (size['Type'] === 'CAPACITY_PERCENT' && (Number(size['Value']) < 10 || Number(size['Value']) > 50))
        throw validation('LinearStepSize must be from 10 to 50 percent of the fleet');
      return [...steps(share, wait).slice(0, -1), bake];
    }
    default:
      throw validation(`TrafficRoutingConfiguration.Type must be ALL_AT_ONCE, CANARY or LINEAR, not '${type}'`);
  }
}

function rolling(policy: Body, instances: number): readonly Shift[] {
  const size = body(policy, 'MaximumBatchSize');
  if (size['Type'] === 'CAPACITY_PERCENT' && (Number(size['Value']) < 5 || Number(size['Value']) > 50))
    throw validation('MaximumBatchSize must be from 5 to 50 percent of the fleet');
  return steps(shareOf(size, instances, 'MaximumBatchSize'), optionalNumber(policy, 'WaitIntervalInSeconds') ?? 0);
}

/**
 * The plan a DeploymentConfig asks for.
 *
 * A canary or linear shift of a one-instance fleet happens at once, with the same waits, as on AWS.
 *
 * @throws ValidationException for sizes, waits or timeouts out of the service's limits.
 */
export function deploymentPlan(config: Body, instances: number): DeploymentPlan {
  const green = body(config, 'BlueGreenUpdatePolicy');
  const batches = body(config, 'RollingUpdatePolicy');
  if (config['BlueGreenUpdatePolicy'] !== undefined && config['RollingUpdatePolicy'] !== undefined)
    throw validation('Give either BlueGreenUpdatePolicy or RollingUpdatePolicy');
  const alarms = bodies(body(config, 'AutoRollbackConfiguration'), 'Alarms').flatMap(
    (each) => optionalText(each, 'AlarmName') ?? [],
  );
  if (alarms.length > 10)
    throw validation(`AutoRollbackConfiguration takes 10 alarms at most; ${alarms.length} were given`);
  const policy = config['RollingUpdatePolicy'] === undefined ? green : batches;
  const shifts =
    config['RollingUpdatePolicy'] !== undefined
      ? rolling(batches, instances)
      : config['BlueGreenUpdatePolicy'] !== undefined
        ? blueGreen(green, instances)
        : allAtOnce.shifts;
  const timeoutSeconds = optionalNumber(policy, 'MaximumExecutionTimeoutInSeconds') ?? allAtOnce.timeoutSeconds;
  const waits = shifts.reduce((sum, each) => sum + each.waitSeconds, 0);
  if (timeoutSeconds < 600 || timeoutSeconds > 28_800)
    throw validation(`MaximumExecutionTimeoutInSeconds must be from 600 to 28800, not ${timeoutSeconds}`);
  if (waits >= timeoutSeconds)
    throw validation(
      `MaximumExecutionTimeoutInSeconds (${timeoutSeconds}) must be larger than the sum of the waits (${waits})`,
    );
  return { shifts, alarms, timeoutSeconds };
}
