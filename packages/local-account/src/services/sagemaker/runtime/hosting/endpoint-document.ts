import { bodies, body, optionalNumber, optionalText, text } from '../../../../core/input';
import type { Body } from '../../../../core/service';

export type EndpointDocument = Readonly<Record<string, unknown>> & {
  readonly EndpointName: string;
  readonly EndpointArn: string;
  readonly EndpointConfigName: string;
  readonly EndpointStatus: string;
  /** An update that is under way, as it was asked for: taken up again after a restart. */
  readonly update?: Body;
};

/** Variant as DescribeEndpoint shows it. */
export interface VariantSummary extends Body {
  readonly VariantName: string;
  readonly CurrentWeight: number;
  readonly CurrentInstanceCount?: number;
}

/** What kept of the previous variants: only under RetainAllVariantProperties. */
export interface Retained {
  readonly variants: readonly Body[];
  /** DesiredInstanceCount, DesiredWeight, DataCaptureConfig. */
  readonly excluded: readonly string[];
}

/** Summaries of a configuration's variants; weights and counts of the previous ones where they are retained. */
export function variantSummaries(
  config: Body,
  member: 'ProductionVariants' | 'ShadowProductionVariants',
  imageOfModel: (model: string) => string,
  now: string,
  retained?: Retained,
): readonly Body[] {
  return bodies(config, member).map((variant) => {
    const name = text(variant, 'VariantName');
    const before = retained?.variants.find((each) => each['VariantName'] === name);
    const weight =
      before === undefined || retained?.excluded.includes('DesiredWeight') === true
        ? (optionalNumber(variant, 'InitialVariantWeight') ?? 1)
        : Number(before['CurrentWeight']);
    const count =
      before === undefined || retained?.excluded.includes('DesiredInstanceCount') === true
        ? (optionalNumber(variant, 'InitialInstanceCount') ?? 1)
        : Number(before['CurrentInstanceCount'] ?? 1);
    const image = imageOfModel(text(variant, 'ModelName'));
    return {
      VariantName: name,
      DeployedImages: [{ SpecifiedImage: image, ResolvedImage: image, ResolutionTime: now }],
      CurrentWeight: weight,
      DesiredWeight: weight,
      ...(variant['ServerlessConfig'] === undefined
        ? { CurrentInstanceCount: count, DesiredInstanceCount: count }
        : {
            CurrentInstanceCount: 0,
            CurrentServerlessConfig: body(variant, 'ServerlessConfig'),
            DesiredServerlessConfig: body(variant, 'ServerlessConfig'),
          }),
    };
  });
}

/** Instances of all production variants together. */
export const instancesOf = (variants: readonly Body[]): number =>
  variants.reduce((sum, each) => sum + Number(each['CurrentInstanceCount'] ?? 0), 0);

/** DataCaptureConfig as DescribeEndpoint shows it. */
export function captureSummary(config: Body): Body {
  const capture = body(config, 'DataCaptureConfig');
  if (config['DataCaptureConfig'] === undefined) return {};
  const enabled = capture['EnableCapture'] === true;
  return {
    DataCaptureConfig: {
      EnableCapture: enabled,
      CaptureStatus: enabled ? 'Started' : 'Stopped',
      CurrentSamplingPercentage: optionalNumber(capture, 'InitialSamplingPercentage') ?? 0,
      DestinationS3Uri: text(capture, 'DestinationS3Uri'),
      KmsKeyId: optionalText(capture, 'KmsKeyId') ?? '',
    },
  };
}
