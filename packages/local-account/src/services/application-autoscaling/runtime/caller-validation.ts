import type { AccountParts } from '../../../core/module';
import type { Permission, Principal } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { partition } from '../../../core/partition';

const linkedService = 'sagemaker.application-autoscaling.amazonaws.com';

/**
 * What Application Auto Scaling asks of its caller beside its own actions: before it does anything by its service-linked role, it
 * validates that the caller may act on the scaled resource, and on the alarms of target tracking, too.
 */
export class CallerValidation {
  private readonly linkedRoles: Collection<{ readonly arn: string }>;

  constructor(private readonly account: AccountParts) {
    this.linkedRoles = account.store.collection('application-autoscaling.linked-roles');
  }

  /**
   * Looks at the endpoint as the caller.
   *
   * @throws AwsError AccessDenied naming the action that the caller lacks, or what SageMaker says when there is no such endpoint.
   */
  async ofTarget(principal: Principal, endpoint: string): Promise<void> {
    const found = await this.account.call('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint }, principal);
    const config = typeof found['EndpointConfigName'] === 'string' ? found['EndpointConfigName'] : '';
    this.ask(principal, 'sagemaker', `endpoint-config/${config}`, ['sagemaker:DescribeEndpointConfig']);
    this.ask(principal, 'sagemaker', `endpoint/${endpoint}`, ['sagemaker:UpdateEndpointWeightsAndCapacities']);
  }

  /** @throws AwsError AccessDenied when the caller could not make or remove the alarms itself. */
  ofAlarms(principal: Principal, target: string, what: 'make' | 'remove'): void {
    const actions = ['DescribeAlarms', 'DeleteAlarms', ...(what === 'make' ? ['PutMetricAlarm'] : [])];
    const asked = actions.map((each) => `cloudwatch:${each}`);
    this.ask(principal, 'cloudwatch', `alarm:TargetTracking-${target}-AlarmHigh-0`, asked);
  }

  /** The service-linked role; the first caller of an account makes it, and must be allowed to. */
  linkedRole(principal: Principal): string {
    const known = this.linkedRoles.get(linkedService);
    if (known !== undefined) return known.arn;
    const name = 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';
    const arn = `arn:${partition}:iam::${this.account.accountId}:role/aws-service-role/${linkedService}/${name}`;
    const context = { 'iam:AWSServiceName': linkedService };
    this.account.iam.authorize(principal, [{ action: 'iam:CreateServiceLinkedRole', resource: arn, context }]);
    this.linkedRoles.put(linkedService, { arn });
    return arn;
  }

  private ask(principal: Principal, service: string, resource: string, actions: readonly string[]): void {
    const arn = this.account.arn(service, resource);
    this.account.iam.authorize(
      principal,
      actions.map((action): Permission => ({ action, resource: arn })),
    );
  }
}
