import type { Module, ModuleFactory } from '../../core/module';
import { apiGatewayProviders } from './resources/providers';
import { Apis } from './runtime/apis';
import { Authorization } from './runtime/authorize';
import { Gateway } from './runtime/gateway';
import { ApiGatewayV2 } from './api/service';
import { Throttle } from './runtime/throttle';
import { Tokens } from './runtime/tokens';

/** HTTP APIs, served on the account's own port. */
export const apiGatewayModule: ModuleFactory = (account): Module => {
  const apis = new Apis(account);
  const tokens = new Tokens(account.store, account.clock);
  const authorization = new Authorization(account, tokens);
  const throttle = new Throttle(() => account.clock.now().getTime());
  return {
    name: 'apigatewayv2',
    services: [new ApiGatewayV2(apis)],
    providers: apiGatewayProviders(apis, () => account.clock.now()),
    controls: [{ method: 'POST', path: '/_local/tokens', handle: (input) => tokens.issue(input) }],
    sites: [new Gateway(account, apis, authorization, throttle)],
  };
};
