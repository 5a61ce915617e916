import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import { permissionsOf } from './permissions';
import type { Shapes } from '../runtime/shapes';

/** The SageMaker API: every request is checked against the API's shapes, every answer has exactly its members. */
export class SageMakerService implements AwsService {
  readonly signingName = 'sagemaker';
  readonly operations: Readonly<Record<string, Operation>>;

  constructor(
    private readonly account: AccountParts,
    shapes: Shapes,
    parts: readonly Readonly<Record<string, Operation>>[],
  ) {
    const all = Object.assign({}, ...parts) as Record<string, Operation>;
    this.operations = Object.fromEntries(
      Object.entries(all).map(([name, operation]): [string, Operation] => [
        name,
        async (input, call) => {
          shapes.checkInput(name, input);
          return shapes.output(name, (await operation(input, call)) ?? {});
        },
      ]),
    );
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    return permissionsOf(this.account, operation, input);
  }
}
