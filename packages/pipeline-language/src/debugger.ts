/** Debugger and Profiler are closed to new accounts, and CreateTrainingJob refuses these members there. */
export const DEBUGGER_KEYS = [
  'DebugHookConfig',
  'DebugRuleConfigurations',
  'TensorBoardOutputConfig',
  'ProfilerConfig',
  'ProfilerRuleConfigurations',
] as const;
export type DebuggerKey = (typeof DEBUGGER_KEYS)[number];
