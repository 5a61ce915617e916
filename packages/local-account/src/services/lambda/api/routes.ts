import type { Route } from '../../../core/service';

const functions = '/2015-03-31/functions';
const one = `${functions}/{FunctionName}`;
const mappings = '/2015-03-31/event-source-mappings';
const qualifier = { Qualifier: 'Qualifier' };
const page = { Marker: 'Marker', MaxItems: 'MaxItems' };

/** REST paths of the Lambda API. */
export const lambdaRoutes: readonly Route[] = [
  { method: 'POST', path: functions, operation: 'CreateFunction', status: 201 },
  { method: 'GET', path: functions, operation: 'ListFunctions', query: page },
  { method: 'GET', path: one, operation: 'GetFunction', query: qualifier },
  { method: 'DELETE', path: one, operation: 'DeleteFunction', query: qualifier, status: 204 },
  { method: 'GET', path: `${one}/configuration`, operation: 'GetFunctionConfiguration', query: qualifier },
  { method: 'PUT', path: `${one}/configuration`, operation: 'UpdateFunctionConfiguration' },
  { method: 'PUT', path: `${one}/code`, operation: 'UpdateFunctionCode' },
  {
    method: 'POST',
    path: `${one}/invocations`,
    operation: 'Invoke',
    query: qualifier,
    headers: {
      InvocationType: 'X-Amz-Invocation-Type',
      LogType: 'X-Amz-Log-Type',
      ClientContext: 'X-Amz-Client-Context',
    },
    payload: 'Payload',
    responsePayload: 'Payload',
    responseHeaders: {
      FunctionError: 'X-Amz-Function-Error',
      LogResult: 'X-Amz-Log-Result',
      ExecutedVersion: 'X-Amz-Executed-Version',
    },
  },
  { method: 'POST', path: `${one}/versions`, operation: 'PublishVersion', status: 201 },
  { method: 'GET', path: `${one}/versions`, operation: 'ListVersionsByFunction', query: page },
  { method: 'POST', path: `${one}/aliases`, operation: 'CreateAlias', status: 201 },
  { method: 'GET', path: `${one}/aliases`, operation: 'ListAliases', query: page },
  { method: 'GET', path: `${one}/aliases/{Name}`, operation: 'GetAlias' },
  { method: 'PUT', path: `${one}/aliases/{Name}`, operation: 'UpdateAlias' },
  { method: 'DELETE', path: `${one}/aliases/{Name}`, operation: 'DeleteAlias', status: 204 },
  { method: 'POST', path: `${one}/policy`, operation: 'AddPermission', query: qualifier, status: 201 },
  { method: 'GET', path: `${one}/policy`, operation: 'GetPolicy', query: qualifier },
  {
    method: 'DELETE',
    path: `${one}/policy/{StatementId}`,
    operation: 'RemovePermission',
    query: qualifier,
    status: 204,
  },
  { method: 'PUT', path: '/2017-10-31/functions/{FunctionName}/concurrency', operation: 'PutFunctionConcurrency' },
  { method: 'GET', path: '/2019-09-30/functions/{FunctionName}/concurrency', operation: 'GetFunctionConcurrency' },
  {
    method: 'DELETE',
    path: '/2017-10-31/functions/{FunctionName}/concurrency',
    operation: 'DeleteFunctionConcurrency',
    status: 204,
  },
  {
    method: 'PUT',
    path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
    operation: 'PutFunctionEventInvokeConfig',
    query: qualifier,
  },
  {
    method: 'POST',
    path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
    operation: 'UpdateFunctionEventInvokeConfig',
    query: qualifier,
  },
  {
    method: 'GET',
    path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
    operation: 'GetFunctionEventInvokeConfig',
    query: qualifier,
  },
  {
    method: 'DELETE',
    path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
    operation: 'DeleteFunctionEventInvokeConfig',
    query: qualifier,
    status: 204,
  },
  { method: 'POST', path: mappings, operation: 'CreateEventSourceMapping', status: 202 },
  {
    method: 'GET',
    path: mappings,
    operation: 'ListEventSourceMappings',
    query: { FunctionName: 'FunctionName', EventSourceArn: 'EventSourceArn', ...page },
  },
  { method: 'GET', path: `${mappings}/{UUID}`, operation: 'GetEventSourceMapping' },
  { method: 'PUT', path: `${mappings}/{UUID}`, operation: 'UpdateEventSourceMapping', status: 202 },
  { method: 'DELETE', path: `${mappings}/{UUID}`, operation: 'DeleteEventSourceMapping', status: 202 },
  { method: 'GET', path: '/2017-03-31/tags/{Resource}', operation: 'ListTags' },
  { method: 'POST', path: '/2017-03-31/tags/{Resource}', operation: 'TagResource', status: 204 },
  {
    method: 'DELETE',
    path: '/2017-03-31/tags/{Resource}',
    operation: 'UntagResource',
    query: { TagKeys: 'tagKeys' },
    status: 204,
  },
];
