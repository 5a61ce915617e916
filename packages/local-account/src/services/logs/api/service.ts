import { AwsError } from '../../../core/errors';
import { bodies, body, optionalFlag, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import { filterOf } from './filter-pattern';
import type { LogEvent, LogGroup, LogStore } from '../runtime/log-store';

const maxEvents = 10_000;

/** CloudWatch Logs: groups, streams, put, get and filter. */
export class LogsService implements AwsService {
  readonly signingName = 'logs';
  readonly operations: Readonly<Record<string, Operation>>;

  constructor(
    private readonly logs: LogStore,
    private readonly arn: (resource: string) => string,
  ) {
    this.operations = {
      CreateLogGroup: (input) => void this.logs.create(text(input, 'logGroupName'), { tags: tagsOf(input) }),
      DeleteLogGroup: (input) => this.logs.delete(text(input, 'logGroupName')),
      DescribeLogGroups: (input) => this.describeGroups(input),
      PutRetentionPolicy: (input) =>
        void this.logs.update(text(input, 'logGroupName'), {
          retentionInDays: optionalNumber(input, 'retentionInDays'),
        }),
      DeleteRetentionPolicy: (input) =>
        void this.logs.update(text(input, 'logGroupName'), { retentionInDays: undefined }),
      ListTagsForResource: (input) => ({ tags: this.logs.group(groupName(text(input, 'resourceArn'))).tags }),
      ListTagsLogGroup: (input) => ({ tags: this.logs.group(text(input, 'logGroupName')).tags }),
      CreateLogStream: (input) => this.logs.createStream(text(input, 'logGroupName'), text(input, 'logStreamName')),
      DeleteLogStream: (input) => this.logs.deleteStream(text(input, 'logGroupName'), text(input, 'logStreamName')),
      DescribeLogStreams: (input) => this.describeStreams(input),
      PutLogEvents: (input) => this.putEvents(input),
      GetLogEvents: (input) => this.getEvents(input),
      FilterLogEvents: (input) => this.filterEvents(input),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const named =
      optionalText(input, 'logGroupName') ??
      optionalText(input, 'logGroupIdentifier') ??
      optionalText(input, 'resourceArn');
    if (named === undefined) return [{ action: `logs:${operation}`, resource: '*' }];
    const stream = optionalText(input, 'logStreamName');
    return [
      {
        action: `logs:${operation}`,
        resource: this.arn(`log-group:${groupName(named)}:${stream === undefined ? '*' : `log-stream:${stream}`}`),
      },
    ];
  }

  private describeGroups(input: Body): Body {
    const prefix = optionalText(input, 'logGroupNamePrefix') ?? '';
    const pattern = optionalText(input, 'logGroupNamePattern') ?? '';
    const groups = this.logs
      .all()
      .filter(({ name }) => name.startsWith(prefix) && name.toLowerCase().includes(pattern.toLowerCase()));
    return { logGroups: groups.map((group) => this.described(group)) };
  }

  private described(group: LogGroup): Body {
    const arn = this.arn(`log-group:${group.name}`);
    return {
      logGroupName: group.name,
      creationTime: group.created,
      retentionInDays: group.retentionInDays,
      metricFilterCount: 0,
      arn: `${arn}:*`,
      logGroupArn: arn,
      storedBytes: 0,
      kmsKeyId: group.kmsKeyId,
      logGroupClass: 'STANDARD',
    };
  }

  private describeStreams(input: Body): Body {
    const group = this.logs.group(given(input));
    const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
    const streams = Object.entries(group.streams)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { created }]) => {
        const events = this.logs.events(group.name, name);
        return {
          logStreamName: name,
          creationTime: created,
          firstEventTimestamp: events[0]?.timestamp,
          lastEventTimestamp: events.at(-1)?.timestamp,
          lastIngestionTime: events.at(-1)?.ingestionTime,
          arn: this.arn(`log-group:${group.name}:log-stream:${name}`),
          storedBytes: 0,
        };
      });
    const byTime = optionalText(input, 'orderBy') === 'LastEventTime';
    streams.sort(
      (a, b) =>
        (byTime ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0) : 0) ||
        (a.logStreamName < b.logStreamName ? -1 : 1),
    );
    if (optionalFlag(input, 'descending') === true) streams.reverse();
    return { logStreams: streams.slice(0, optionalNumber(input, 'limit') ?? 50) };
  }

  private putEvents(input: Body): Body {
    const events = bodies(input, 'logEvents').map((event) => ({
      timestamp: optionalNumber(event, 'timestamp') ?? 0,
      message: text(event, 'message'),
    }));
    if (events.length === 0 || events.length > maxEvents)
      throw new AwsError('InvalidParameterException', `logEvents must have 1 to ${maxEvents} events`);
    this.logs.put(text(input, 'logGroupName'), text(input, 'logStreamName'), events);
    return { nextSequenceToken: '0' };
  }

  private getEvents(input: Body): Body {
    const group = this.logs.group(given(input));
    const stream = text(input, 'logStreamName');
    if (group.streams[stream] === undefined)
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    const events = within(this.logs.events(group.name, stream), input);
    const limit = optionalNumber(input, 'limit') ?? maxEvents;
    const token = /^([fb])\/(\d+)$/.exec(optionalText(input, 'nextToken') ?? '');
    const fromHead = optionalFlag(input, 'startFromHead') ?? false;
    const position = Number(token?.[2]);
    const start =
      token === null
        ? fromHead
          ? 0
          : Math.max(events.length - limit, 0)
        : token[1] === 'f'
          ? position
          : Math.max(position - limit, 0);
    const end = token !== null && token[1] === 'b' ? position : Math.min(start + limit, events.length);
    return { events: events.slice(start, end), nextForwardToken: `f/${end}`, nextBackwardToken: `b/${start}` };
  }

  private filterEvents(input: Body): Body {
    const group = this.logs.group(given(input));
    const matches = filterOf(optionalText(input, 'filterPattern') ?? '');
    const named = textList(input, 'logStreamNames');
    const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
    const streams = Object.keys(group.streams).filter(
      (name) => (named.length === 0 || named.includes(name)) && name.startsWith(prefix),
    );
    const found = streams.flatMap((logStreamName) =>
      within(this.logs.events(group.name, logStreamName), input).map((event, index) => ({
        logStreamName,
        ...event,
        eventId: `${logStreamName}/${index}`,
      })),
    );
    const sorted = found.filter(({ message }) => matches(message)).sort((a, b) => a.timestamp - b.timestamp);
    const start = Number(optionalText(input, 'nextToken') ?? 0);
    const limit = optionalNumber(input, 'limit') ?? maxEvents;
    return {
      events: sorted.slice(start, start + limit),
      searchedLogStreams: [],
      nextToken: start + limit < sorted.length ? String(start + limit) : undefined,
    };
  }
}

function given(input: Body): string {
  return groupName(optionalText(input, 'logGroupName') ?? text(input, 'logGroupIdentifier'));
}

function groupName(nameOrArn: string): string {
  return /^arn:aws[a-z-]*:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

function within(events: readonly LogEvent[], input: Body): readonly LogEvent[] {
  const from = optionalNumber(input, 'startTime') ?? -Infinity;
  const to = optionalNumber(input, 'endTime') ?? Infinity;
  return events.filter(({ timestamp }) => timestamp >= from && timestamp < to);
}

function tagsOf(input: Body): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(body(input, 'tags')).map(([key, value]) => [key, String(value)]));
}
