import type { ResourceProvider } from '../core/provider';

/** Providers by CloudFormation type. A type may end in `*` (Custom::*). */
export class ProviderRegistry {
  private readonly byType = new Map<string, ResourceProvider>();

  /** @throws Error when two providers claim one type. */
  constructor(providers: readonly ResourceProvider[]) {
    for (const provider of providers) {
      if (this.byType.has(provider.type)) throw new Error(`two providers for ${provider.type}`);
      this.byType.set(provider.type, provider);
    }
  }

  find(type: string): ResourceProvider | undefined {
    const namespace = type.split('::')[0] ?? '';
    return this.byType.get(type) ?? this.byType.get(`${namespace}::*`);
  }

  all(): readonly ResourceProvider[] {
    return [...this.byType.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  }
}
