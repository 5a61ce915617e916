import type { ModuleFactory } from './core/module';

/** Modules of the account beside its foundation, in the order they start. */
export const defaultModules: readonly ModuleFactory[] = [];
