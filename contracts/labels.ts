/** Where a version of labelled rows keeps what, below `prefixes.labelled(<use case>)/<time of the join>/`. */
export const labelledFiles = { rows: 'rows', manifest: 'manifest.json' } as const;

/** What the join knows of a version (`manifest.json`); the monitor's `join` command writes it. */
export interface LabelledManifest {
  readonly use_case: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly rows: Readonly<Record<'captured' | 'labelled' | 'unlabelled', number>>;
  /** Labels by what became of them: read, used, duplicate, conflicting, unmatched, missing, invalid, wrong_count. */
  readonly labels: Readonly<Record<string, number>>;
  /** Labelled rows by the hour (ISO) in which their label arrived. */
  readonly arrivals: Readonly<Record<string, number>>;
  readonly coverage: number | null;
  readonly sha256: string;
}
