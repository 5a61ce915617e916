import { AwsError } from '../../../core/errors';
import { compilePattern, PatternError, type Pattern } from '../../shared/pattern';

/** Patterns of rules, each compiled once. */
export class Patterns {
  private readonly compiled = new Map<string, Pattern>();

  /** @throws AwsError in EventBridge's words. */
  of(source: string): Pattern {
    const known = this.compiled.get(source);
    if (known !== undefined) return known;
    try {
      const compiled = compilePattern(source);
      this.compiled.set(source, compiled);
      return compiled;
    } catch (error) {
      throw error instanceof PatternError ? new AwsError('InvalidEventPatternException', error.message) : error;
    }
  }
}
