import type { AccountParts } from '../../../../../core/module';
import { body, bodies, optionalText } from '../../../../../core/input';
import type { Body, Principal } from '../../../../../core/service';

export const checkTypes = {
  QualityCheck: ['DATA_QUALITY', 'MODEL_QUALITY'],
  ClarifyCheck: ['DATA_BIAS', 'MODEL_BIAS', 'MODEL_EXPLAINABILITY'],
} as const;
export type CheckType = (typeof checkTypes)[keyof typeof checkTypes][number];

/** S3 URIs of a baseline. */
export interface Baseline {
  readonly statistics?: string;
  readonly constraints?: string;
}

/** Where a version's DriftCheckBaselines carry the baseline of a check. */
const places: Readonly<Record<CheckType, { readonly section: string; readonly constraints: string }>> = {
  DATA_QUALITY: { section: 'ModelDataQuality', constraints: 'Constraints' },
  MODEL_QUALITY: { section: 'ModelQuality', constraints: 'Constraints' },
  DATA_BIAS: { section: 'Bias', constraints: 'PreTrainingConstraints' },
  MODEL_BIAS: { section: 'Bias', constraints: 'PostTrainingConstraints' },
  MODEL_EXPLAINABILITY: { section: 'Explainability', constraints: 'Constraints' },
};

/** The baseline that the latest approved version of a group was registered with; asked for as the pipeline's role. */
export async function registeredBaseline(
  account: AccountParts,
  type: CheckType,
  group: string,
  principal: Principal,
): Promise<Baseline> {
  const listed = await account.call(
    'sagemaker',
    'ListModelPackages',
    {
      ModelPackageGroupName: group,
      ModelApprovalStatus: 'Approved',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 1,
    },
    principal,
  );
  const [latest] = bodies(listed, 'ModelPackageSummaryList');
  if (latest === undefined) return {};
  const name = { ModelPackageName: optionalText(latest, 'ModelPackageArn') ?? '' };
  const version: Body = await account.call('sagemaker', 'DescribeModelPackage', name, principal);
  const place = places[type];
  const section = body(body(version, 'DriftCheckBaselines'), place.section);
  const uri = (member: string): string | undefined => optionalText(body(section, member), 'S3Uri');
  return { statistics: uri('Statistics'), constraints: uri(place.constraints) };
}
