import { AwsError } from '../core/errors';

/** Fn::Cidr for IPv4: `count` blocks of `2^bits` addresses, from the start of a block such as 10.0.0.0/16. */
export function cidr(block: string, count: number, bits: number): readonly string[] {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(block);
  const prefix = 32 - bits;
  const length = Number(match?.[5]);
  if (match === null || length > prefix || count < 1 || count > 256 || count > 2 ** (prefix - length)) {
    throw new AwsError(
      'ValidationError',
      `Template error: Fn::Cidr cannot cut ${count} blocks of ${bits} bits out of ${block}`,
    );
  }
  const start = match.slice(1, 5).reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return Array.from({ length: count }, (_each, index) => {
    const address = start + index * 2 ** bits;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${prefix}`;
  });
}
