import type { Route } from '../../../core/service';

/** Scheduler's REST paths. */
export const scheduleRoutes: readonly Route[] = [
  { method: 'POST', path: '/schedules/{Name}', operation: 'CreateSchedule' },
  { method: 'PUT', path: '/schedules/{Name}', operation: 'UpdateSchedule' },
  { method: 'GET', path: '/schedules/{Name}', operation: 'GetSchedule', query: { GroupName: 'groupName' } },
  {
    method: 'DELETE',
    path: '/schedules/{Name}',
    operation: 'DeleteSchedule',
    query: { GroupName: 'groupName', ClientToken: 'clientToken' },
  },
  {
    method: 'GET',
    path: '/schedules',
    operation: 'ListSchedules',
    query: {
      GroupName: 'ScheduleGroup',
      NamePrefix: 'NamePrefix',
      State: 'State',
      MaxResults: 'MaxResults',
      NextToken: 'NextToken',
    },
  },
  { method: 'POST', path: '/schedule-groups/{Name}', operation: 'CreateScheduleGroup' },
  { method: 'GET', path: '/schedule-groups/{Name}', operation: 'GetScheduleGroup' },
  {
    method: 'DELETE',
    path: '/schedule-groups/{Name}',
    operation: 'DeleteScheduleGroup',
    query: { ClientToken: 'clientToken' },
  },
  {
    method: 'GET',
    path: '/schedule-groups',
    operation: 'ListScheduleGroups',
    query: { NamePrefix: 'NamePrefix', MaxResults: 'MaxResults', NextToken: 'NextToken' },
  },
  { method: 'GET', path: '/tags/{ResourceArn}', operation: 'ListTagsForResource' },
  { method: 'POST', path: '/tags/{ResourceArn}', operation: 'TagResource' },
  { method: 'DELETE', path: '/tags/{ResourceArn}', operation: 'UntagResource', query: { TagKeys: 'TagKeys' } },
];
