import { AwsError, messageOf } from '../../core/errors';
import type { AccountParts, LogSink } from '../../core/module';
import type { Permission, Principal } from '../../core/service';
import { partition } from '../../core/partition';

/** What services do with the role that they were given, besides its work: write its logs, pull its image. */

declare module '../../core/trace' {
  interface TraceEvents {
    /** A role may not write its logs: the lines are lost, and nothing else happens, as on AWS. */
    'logs.refused': { readonly group: string; readonly stream: string; readonly reason: string };
  }
}

type Parts = Pick<AccountParts, 'iam' | 'logs' | 'trace' | 'arn'>;

/**
 * Log lines that are written as a role.
 *
 * @param more what the service asks for besides CreateLogStream and PutLogEvents, e.g. when the group may not exist yet
 */
export function logsOfRole(
  { iam, logs, trace, arn }: Parts,
  role: Principal,
  more: readonly ('logs:CreateLogGroup' | 'logs:DescribeLogStreams')[] = [],
): LogSink {
  return {
    append: (group, stream, lines) => {
      const ofGroup = arn('logs', `log-group:${group}`);
      const ofStream = `${ofGroup}:log-stream:${stream}`;
      try {
        iam.authorize(role, [
          ...more.map((action) => ({ action, resource: ofGroup })),
          { action: 'logs:CreateLogStream', resource: ofStream },
          { action: 'logs:PutLogEvents', resource: ofStream },
        ]);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        trace.emit('logs.refused', { group, stream, reason: messageOf(error) });
        return;
      }
      logs.append(group, stream, lines);
    },
  };
}

const registry = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** What a role needs to pull an image; nothing for an image that is not in ECR. */
export function imagePermissions(uri: string): readonly Permission[] {
  const [, account, region, repository] = registry.exec(uri) ?? [];
  if (account === undefined) return [];
  const resource = `arn:${partition}:ecr:${region ?? ''}:${account}:repository/${repository ?? ''}`;
  return [
    { action: 'ecr:GetAuthorizationToken', resource: '*' },
    ...['BatchCheckLayerAvailability', 'GetDownloadUrlForLayer', 'BatchGetImage'].map((operation) => ({
      action: `ecr:${operation}`,
      resource,
    })),
  ];
}
