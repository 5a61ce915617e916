import { AwsMap } from '../core/service';

/** How lists are named inside their parent: AWS Query uses `<member>`, S3 repeats the element itself. */
export type ListStyle = 'member' | 'flattened';

export function escapeXml(value: string): string {
  const escaped = value.replace(/[&<>"\r]/g, (character) => entities[character] ?? character);
  // XML 1.0 cannot carry other control characters, however they are written.
  return [...escaped].some(isControl)
    ? [...escaped].map((each) => (isControl(each) ? '\ufffd' : each)).join('')
    : escaped;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 32 && code !== 9 && code !== 10 && code !== 13;
}

/** Children of an element. Absent members are left out; dates are ISO-8601; bytes are base64. */
export function xmlMembers(members: Readonly<Record<string, unknown>>, style: ListStyle): string {
  return Object.entries(members)
    .map(([name, value]) => xmlElement(name, value, style))
    .join('');
}

export function xmlElement(name: string, value: unknown, style: ListStyle): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) {
    if (style === 'flattened') return value.map((each) => xmlElement(name, each, style)).join('');
    return `<${name}>${value.map((each) => xmlElement('member', each, style)).join('')}</${name}>`;
  }
  return `<${name}>${xmlValue(value, style)}</${name}>`;
}

function xmlValue(value: unknown, style: ListStyle): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof AwsMap) {
    return Object.entries(value.entries)
      .map(([key, each]) => `<entry>${xmlElement('key', key, style)}${xmlElement('value', each, style)}</entry>`)
      .join('');
  }
  if (typeof value === 'object' && value !== null) return xmlMembers(value as Readonly<Record<string, unknown>>, style);
  return escapeXml(String(value));
}
