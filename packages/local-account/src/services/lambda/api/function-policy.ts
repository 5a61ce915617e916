import { AwsError } from '../../../core/errors';
import { optionalText, text } from '../../../core/input';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { partition } from '../../../core/partition';

/** Resource policies of functions, one a function and qualifier. */
export class FunctionPolicies {
  constructor(private readonly policies: Collection<readonly Body[]>) {}

  document(functionArn: string): Body | undefined {
    const statements = this.policies.get(functionArn);
    return statements === undefined || statements.length === 0
      ? undefined
      : { Version: '2012-10-17', Id: 'default', Statement: statements };
  }

  /** AddPermission. @throws AwsError ResourceConflictException when the statement id is taken. */
  add(functionArn: string, input: Body): Body {
    const id = text(input, 'StatementId');
    const statements = this.policies.get(functionArn) ?? [];
    if (statements.some((each) => each.Sid === id))
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${id}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        409,
      );
    const statement = this.statement(functionArn, id, input);
    this.policies.put(functionArn, [...statements, statement]);
    return statement;
  }

  remove(functionArn: string, id: string): void {
    const statements = this.policies.get(functionArn) ?? [];
    if (!statements.some((each) => each.Sid === id))
      throw new AwsError('ResourceNotFoundException', `Statement ${id} is not found in resource policy.`, 404);
    this.policies.put(
      functionArn,
      statements.filter((each) => each.Sid !== id),
    );
  }

  clear(functionArn: string): void {
    for (const [arn] of this.policies.entries())
      if (arn === functionArn || arn.startsWith(`${functionArn}:`)) this.policies.delete(arn);
  }

  private statement(functionArn: string, id: string, input: Body): Body {
    const principal = text(input, 'Principal');
    const [sourceArn, sourceAccount, authType] = [
      optionalText(input, 'SourceArn'),
      optionalText(input, 'SourceAccount'),
      optionalText(input, 'FunctionUrlAuthType'),
    ];
    const condition = {
      ...(sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': sourceArn } }),
      ...(sourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
      ...(authType === undefined ? {} : { StringEquals: { 'lambda:FunctionUrlAuthType': authType } }),
    };
    return {
      Sid: id,
      Effect: 'Allow',
      Principal:
        principal === '*'
          ? '*'
          : principal.endsWith('.amazonaws.com')
            ? { Service: principal }
            : { AWS: /^[0-9]{12}$/.test(principal) ? `arn:${partition}:iam::${principal}:root` : principal },
      Action: text(input, 'Action'),
      Resource: functionArn,
      ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
    };
  }
}
