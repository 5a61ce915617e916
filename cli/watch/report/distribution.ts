/** The parts of Model Monitor's statistics.json that a picture needs. */
export interface Statistics {
  readonly dataset?: { readonly item_count?: number };
  readonly features?: readonly {
    readonly name: string;
    readonly numerical_statistics?: {
      readonly mean?: number;
      readonly distribution?: {
        readonly kll?: {
          readonly buckets?: readonly {
            readonly lower_bound: number;
            readonly upper_bound: number;
            readonly count: number;
          }[];
        };
      };
    };
    readonly string_statistics?: {
      readonly distribution?: {
        readonly categorical?: { readonly buckets?: readonly { readonly value: string; readonly count: number }[] };
      };
    };
  }[];
}

/** Shares of a feature's values: by range for numbers, by value for categories. Shares add up to 1. */
export type Distribution =
  | {
      readonly kind: 'numeric';
      readonly mean?: number;
      readonly bins: readonly { readonly from: number; readonly to: number; readonly share: number }[];
    }
  | { readonly kind: 'categorical'; readonly bins: readonly { readonly value: string; readonly share: number }[] };

/** The distribution of one feature, or undefined when the statistics do not have it. */
export function distributionOf(statistics: Statistics | undefined, feature: string): Distribution | undefined {
  const found = statistics?.features?.find((each) => each.name === feature);
  const numeric = found?.numerical_statistics?.distribution?.kll?.buckets;
  if (numeric !== undefined) {
    const total = numeric.reduce((sum, each) => sum + each.count, 0) || 1;
    return {
      kind: 'numeric',
      mean: found?.numerical_statistics?.mean,
      bins: numeric.map((each) => ({ from: each.lower_bound, to: each.upper_bound, share: each.count / total })),
    };
  }
  const categorical = found?.string_statistics?.distribution?.categorical?.buckets;
  if (categorical === undefined) return undefined;
  const total = categorical.reduce((sum, each) => sum + each.count, 0) || 1;
  return {
    kind: 'categorical',
    bins: categorical
      .map((each) => ({ value: each.value, share: each.count / total }))
      .sort((a, b) => b.share - a.share),
  };
}
