import { consoleUrl } from '../../contracts/console';
import type { Context } from './context';

/** Where to look: the endpoint in the console, and the names that everything else is found by. */
export function links({ endpointName }: Context, packageArn: string, configName?: string): string[] {
  const console = consoleUrl(packageArn, `sagemaker/home?region={region}#/endpoints/${endpointName}`);
  return [
    '',
    `Endpoint: ${console}`,
    `Model package: ${packageArn}`,
    ...(configName === undefined ? [] : [`Endpoint configuration: ${configName}`]),
  ];
}
