/** Keys per bucket in S3's order (UTF-8 bytes), sorted only when asked after a change. */
export class KeyIndex {
  private readonly buckets = new Map<string, { readonly keys: Set<string>; sorted?: readonly string[] }>();

  add(bucket: string, key: string): void {
    const entry = this.buckets.get(bucket) ?? { keys: new Set<string>() };
    this.buckets.set(bucket, entry);
    if (entry.keys.has(key)) return;
    entry.keys.add(key);
    delete entry.sorted;
  }

  remove(bucket: string, key: string): void {
    const entry = this.buckets.get(bucket);
    if (entry?.keys.delete(key) === true) delete entry.sorted;
  }

  keys(bucket: string, prefix = ''): readonly string[] {
    const entry = this.buckets.get(bucket);
    if (entry === undefined) return [];
    entry.sorted ??= [...entry.keys].sort(compareKeys);
    if (prefix === '') return entry.sorted;
    const first = lowerBound(entry.sorted, prefix);
    let end = first;
    while (entry.sorted[end]?.startsWith(prefix) === true) end += 1;
    return entry.sorted.slice(first, end);
  }
}

/** Code point order, which equals the order of UTF-8 bytes; plain `<` compares UTF-16 units and differs beyond U+FFFF. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(sorted[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
