import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Body } from './service';

/** One question that IAM answered for a role, whatever the answer was. */
export interface AskedPermission {
  /** Name of the role, and the construct that it comes from where it has one. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** What the resource's own policy said of the role: with `allowed` the role needs no grant. */
  readonly byResource: 'allowed' | 'denied' | 'not-allowed';
}

/**
 * Writes what the account was asked to files, for tests that compare it with what AWS wrote about itself: permissions
 * that were looked up, the policies they were looked up in, and requests. Every different line once.
 */
export class Recording {
  private readonly seen = new Set<string>();
  private readonly file: (kind: string) => string;

  /** @param folder made when absent; several accounts may share it. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const name = `${process.pid}-${Date.now()}`;
    this.file = (kind) => join(folder, `${name}.${kind}.jsonl`);
  }

  /** A recording when `MOORING_RECORD` names a folder. */
  static of(env: Readonly<Record<string, string | undefined>>): Recording | undefined {
    const folder = env['MOORING_RECORD'];
    return folder === undefined || folder === '' ? undefined : new Recording(folder);
  }

  permission(asked: AskedPermission, documents: readonly Body[]): void {
    this.write('policies', { role: asked.role, documents });
    // Times differ from call to call and decide nothing.
    const context = Object.fromEntries(Object.entries(asked.context).filter(([key]) => !/time$/.test(key)));
    this.write('permissions', { ...asked, context });
  }

  /** @param principal ARN of who sends it. */
  request(service: string, operation: string, input: unknown, principal: string): void {
    this.write('requests', { service, operation, principal, input });
  }

  private write(kind: string, line: unknown): void {
    const text = JSON.stringify(line, (_, value: unknown) => bytesAsText(value));
    if (this.seen.has(text)) return;
    this.seen.add(text);
    appendFileSync(this.file(kind), `${text}\n`);
  }
}

/** `toJSON` has run on buffers by the time a replacer sees them. */
function bytesAsText(value: unknown): unknown {
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBuffer ? { $bytes: true } : value;
}
