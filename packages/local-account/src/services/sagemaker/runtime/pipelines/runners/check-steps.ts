import { AwsError } from '../../../../../core/errors';
import { bodies, body, text } from '../../../../../core/input';
import { type AccountParts, parseS3Uri } from '../../../../../core/module';
import type { Body, Json } from '../../../../../core/service';
import { evaluate, stringify } from '../definition/expression';
import type { StepContext, StepOutcome, StepRunner } from '../step-runner';
import { type Baseline, type CheckType, registeredBaseline } from '../definition/check-baseline';

/** The members of a check step beside its job. */
interface Check {
  readonly type: CheckType;
  readonly skip: boolean;
  readonly failOnViolation: boolean;
  readonly register: boolean;
  readonly group?: string;
  readonly model?: string;
  readonly supplied: Baseline;
}

const baselineFolder = '/opt/ml/processing/input/baseline';

/**
 * QualityCheck and ClarifyCheck: the baseline job, and unless it is skipped a comparison with the baseline that was
 * supplied or that the latest approved version of the group carries.
 *
 * @param run runs the job as a processing step would, and answers with its document.
 */
export function checkStep(account: AccountParts, run: StepRunner): StepRunner {
  return async (context): Promise<StepOutcome> => {
    const check = await checkOf(context);
    const previous = await previousBaseline(account, check, context);
    const given = context.arguments as Body;
    const output = outputOf(given);
    let job: Body = {};
    const outcome = await run({
      ...context,
      arguments: jobOf(given, check, check.skip ? {} : previous) as Json,
      report: (metadata) => {
        job = metadata as Body;
        context.report(metadataOf(context.step.type, check, { CheckJobArn: arnOf(job) }));
      },
    });
    if ('waiting' in outcome || outcome.status !== 'Succeeded') return outcome as StepOutcome;
    const report = `${output}/constraint_violations.json`;
    const violations = check.skip ? [] : violationsIn(account, report);
    const calculated = filesOf(context.step.type, output);
    const used = check.register ? calculated : previous;
    const properties = {
      ...named('CalculatedBaseline', calculated),
      ...named('BaselineUsedForDriftCheck', used),
      ...(violations.length === 0 ? {} : { ViolationReport: report }),
    };
    context.report(metadataOf(context.step.type, check, { ...properties, CheckJobArn: arnOf(job) }));
    if (violations.length === 0 || !check.failOnViolation) return { status: 'Succeeded', properties };
    return {
      status: 'Failed',
      properties,
      failureReason: `ClientError: the check found ${violations.length} violations of the baseline, see ${report}: ${violations.slice(0, 3).join('; ')}`,
    };
  };
}

async function checkOf({ step, scope }: StepContext): Promise<Check> {
  const member = async (name: string): Promise<Json | undefined> => {
    const value = step.raw[name] as Json | undefined;
    return value === undefined || value === null ? undefined : evaluate(value, scope);
  };
  const words = async (name: string): Promise<string | undefined> => {
    const value = await member(name);
    return value === undefined || value === null ? undefined : stringify(value);
  };
  const flag = async (name: string, otherwise: boolean): Promise<boolean> => {
    const value = await member(name);
    return value === undefined ? otherwise : value === true || value === 'true';
  };
  return {
    type: (await words('CheckType')) as CheckType,
    skip: await flag('SkipCheck', false),
    failOnViolation: await flag('FailOnViolation', true),
    register: await flag('RegisterNewBaseline', false),
    group: await words('ModelPackageGroupName'),
    model: await words('ModelName'),
    supplied: {
      statistics: await words('SuppliedBaselineStatistics'),
      constraints: await words('SuppliedBaselineConstraints'),
    },
  };
}

/**
 * The baseline to compare with or to hand on: the supplied one, else that of the latest approved version.
 *
 * @throws AwsError when there is none although it is needed.
 */
async function previousBaseline(account: AccountParts, check: Check, { principal }: StepContext): Promise<Baseline> {
  if (check.supplied.constraints !== undefined) return check.supplied;
  if (check.skip && check.register) return {};
  const found = check.group === undefined ? {} : await registeredBaseline(account, check.type, check.group, principal);
  const isWhole = found.constraints !== undefined && (check.type !== 'DATA_QUALITY' || found.statistics !== undefined);
  if (isWhole) return found;
  const where =
    check.group === undefined
      ? 'no ModelPackageGroupName is given'
      : `the latest approved version of '${check.group}' has none`;
  throw new AwsError(
    'ValidationException',
    `there is no previous baseline for ${check.type}: none is supplied and ${where}; ` +
      'for a first execution set SkipCheck and RegisterNewBaseline to true',
  );
}

/** The step's job with the baseline among its inputs, where the container is told to find it. */
function jobOf(given: Body, check: Check, baseline: Baseline): Body {
  const files = Object.entries(baseline).filter((each): each is [string, string] => each[1] !== undefined);
  const folder = (name: string): string => `${baselineFolder}/${name}`;
  return {
    ...given,
    Environment: {
      ...body(given, 'Environment'),
      ...(check.model === undefined ? {} : { MOORING_MODEL_NAME: check.model }),
      ...Object.fromEntries(
        files.map(([name, uri]) => [`baseline_${name}`, `${folder(name)}/${uri.slice(uri.lastIndexOf('/') + 1)}`]),
      ),
    },
    ProcessingInputs: [
      ...bodies(given, 'ProcessingInputs'),
      ...files.map(([name, uri]) => ({
        InputName: `baseline_${name}`,
        S3Input: { S3Uri: uri, LocalPath: folder(name), S3DataType: 'S3Prefix', S3InputMode: 'File' },
      })),
    ],
  };
}

const outputOf = (job: Body): string => {
  const [output] = bodies(body(job, 'ProcessingOutputConfig'), 'Outputs');
  return text(body(output ?? {}, 'S3Output'), 'S3Uri').replace(/\/+$/, '');
};

/** What the containers write: Model Monitor two files, Clarify one. */
const filesOf = (step: string, output: string): Baseline =>
  step === 'QualityCheck'
    ? { statistics: `${output}/statistics.json`, constraints: `${output}/constraints.json` }
    : { constraints: `${output}/analysis.json` };

const named = (prefix: string, { statistics, constraints }: Baseline): Readonly<Record<string, string>> => ({
  ...(statistics === undefined ? {} : { [`${prefix}Statistics`]: statistics }),
  ...(constraints === undefined ? {} : { [`${prefix}Constraints`]: constraints }),
});

const arnOf = (metadata: Body): string => String(body(metadata, 'ProcessingJob')['Arn'] ?? '');

function metadataOf(
  step: string,
  check: Check,
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, Body>> {
  return {
    [step]: {
      CheckType: check.type,
      ...(check.group === undefined ? {} : { ModelPackageGroupName: check.group }),
      SkipCheck: check.skip,
      RegisterNewBaseline: check.register,
      ...more,
    },
  };
}

/** Descriptions of the violations in a report. */
function violationsIn(account: AccountParts, uri: string): readonly string[] {
  const { bucket, key } = parseS3Uri(uri);
  const document = JSON.parse(account.s3.read(bucket, key).toString('utf8')) as Body;
  return bodies(document, 'violations').map((each) =>
    [each['feature_name'] ?? each['metric_name'] ?? each['label'], each['description']].map(String).join(': '),
  );
}
