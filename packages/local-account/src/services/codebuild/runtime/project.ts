import { AwsError, Unsupported } from '../../../core/errors';
import { bodies, body, optionalNumber, optionalText, text } from '../../../core/input';
import type { Body } from '../../../core/service';

/** A variable of a build. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

export interface Project {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly serviceRole: string;
  readonly image: string;
  readonly environment: readonly Variable[];
  /** Buildspec text, or a file name inside the source. */
  readonly buildspec: string;
  readonly timeoutMinutes: number;
  readonly logGroup: string;
  readonly created: number;
}

/** Variables in the API's shape. @throws Unsupported for values that would come from elsewhere. */
export function variablesOf(list: readonly Body[], spelling: 'Name' | 'name'): readonly Variable[] {
  const [nameKey, valueKey, typeKey] = spelling === 'Name' ? ['Name', 'Value', 'Type'] : ['name', 'value', 'type'];
  return list.map((each) => {
    const type = optionalText(each, typeKey) ?? 'PLAINTEXT';
    if (type !== 'PLAINTEXT') throw new Unsupported(`CodeBuild variables of type ${type}`);
    return { name: text(each, nameKey), value: optionalText(each, valueKey) ?? '' };
  });
}

/** A project from the properties of AWS::CodeBuild::Project. */
export function projectOf(properties: Body, name: string, arn: string, created: number): Project {
  const [source, artifacts, environment] = ['Source', 'Artifacts', 'Environment'].map((each) => body(properties, each));
  for (const [what, given] of [['Source', source] as const, ['Artifacts', artifacts] as const]) {
    const type = optionalText(given ?? {}, 'Type');
    if (type !== 'CODEPIPELINE' && type !== 'NO_SOURCE' && type !== 'NO_ARTIFACTS')
      throw new Unsupported(`CodeBuild projects with ${what}.Type ${type ?? 'none'}`, 'builds run in pipelines');
  }
  const cloudwatch = body(body(properties, 'LogsConfig'), 'CloudWatchLogs');
  return {
    name,
    arn,
    created,
    description: optionalText(properties, 'Description') ?? '',
    serviceRole: text(properties, 'ServiceRole'),
    image: text(environment ?? {}, 'Image'),
    environment: variablesOf(bodies(environment ?? {}, 'EnvironmentVariables'), 'Name'),
    buildspec: optionalText(source ?? {}, 'BuildSpec') ?? 'buildspec.yml',
    timeoutMinutes: checkedTimeout(optionalNumber(properties, 'TimeoutInMinutes') ?? 60),
    logGroup: optionalText(cloudwatch, 'GroupName') ?? `/aws/codebuild/${name}`,
  };
}

function checkedTimeout(minutes: number): number {
  if (minutes >= 5 && minutes <= 2160) return minutes;
  throw new AwsError('InvalidInputException', `TimeoutInMinutes is ${minutes}; allowed are 5 to 2160`);
}
