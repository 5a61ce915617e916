import { AwsError } from '../../../core/errors';
import { isBody, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { partition } from '../../../core/partition';
import { parseJson } from '../../../core/json';

interface Dashboard {
  readonly name: string;
  /** JSON text. */
  readonly body: string;
  readonly modifiedAt: number;
}

const widgetTypes = ['metric', 'text', 'log', 'alarm', 'explorer', 'custom'];

/** Dashboards: stored and checked, not drawn. */
export class Dashboards {
  private readonly dashboards: Collection<Dashboard>;

  constructor(private readonly account: AccountParts) {
    this.dashboards = account.store.collection('cloudwatch.dashboards');
  }

  put(input: Body): Body {
    const [name, body] = [text(input, 'DashboardName'), text(input, 'DashboardBody')];
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
      throw new AwsError(
        'InvalidParameterValue',
        `The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_); it is '${name}'`,
      );
    const messages = problems(body);
    if (messages.length > 0)
      throw new AwsError(
        'InvalidParameterInput',
        `The dashboard body is invalid: ${messages.map((each) => `${each.DataPath}: ${each.Message}`).join('; ')}`,
        400,
        { dashboardValidationMessages: messages },
      );
    this.dashboards.put(name, { name, body, modifiedAt: this.account.clock.now().getTime() });
    return { DashboardValidationMessages: [] };
  }

  get(input: Body): Body {
    const dashboard = this.require(text(input, 'DashboardName'));
    return { DashboardArn: this.arn(dashboard.name), DashboardName: dashboard.name, DashboardBody: dashboard.body };
  }

  list(input: Body): Body {
    const prefix = optionalText(input, 'DashboardNamePrefix') ?? '';
    const found = this.dashboards.values().filter((each) => each.name.startsWith(prefix));
    return {
      DashboardEntries: found.map((each) => ({
        DashboardName: each.name,
        DashboardArn: this.arn(each.name),
        LastModified: new Date(each.modifiedAt),
        Size: each.body.length,
      })),
    };
  }

  delete(input: Body): void {
    const names = textList(input, 'DashboardNames');
    for (const name of names) this.require(name);
    for (const name of names) this.dashboards.delete(name);
  }

  private require(name: string): Dashboard {
    const dashboard = this.dashboards.get(name);
    if (dashboard === undefined) throw new AwsError('ResourceNotFound', `Dashboard ${name} does not exist`, 404);
    return dashboard;
  }

  private arn(name: string): string {
    return `arn:${partition}:cloudwatch::${this.account.accountId}:dashboard/${name}`;
  }
}

function problems(body: string): readonly { readonly DataPath: string; readonly Message: string }[] {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    return [{ DataPath: '/', Message: 'The dashboard body is not valid JSON' }];
  }
  const widgets = isBody(parsed) ? parsed.widgets : undefined;
  if (!Array.isArray(widgets)) return [{ DataPath: '/widgets', Message: 'Should be a list of widgets' }];
  return widgets.flatMap((widget: unknown, index) => {
    if (!isBody(widget) || typeof widget.type !== 'string' || !widgetTypes.includes(widget.type))
      return [{ DataPath: `/widgets/${index}/type`, Message: `Should be one of ${widgetTypes.join(', ')}` }];
    return isBody(widget.properties)
      ? []
      : [{ DataPath: `/widgets/${index}/properties`, Message: 'Should have properties' }];
  });
}
