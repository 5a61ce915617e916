/** Limits of a trigger's filter in the service model: patterns in one list, characters of one pattern. */
export const triggerLimits = { patterns: 8, length: 255 } as const;
