import { createHash } from 'node:crypto';

/**
 * Physical name of a resource without one, in CloudFormation's pattern `<stack>-<logical id>-<12 letters and digits>`.
 *
 * The suffix is derived from the stack's id, the logical id and the generation (how often the resource was replaced), so
 * the same resource always gets the same name.
 */
export function generatedName(
  stackName: string,
  stackId: string,
  logicalId: string,
  generation: number,
  maxLength = 64,
  lowerCase = false,
): string {
  const digest = createHash('sha256').update(`${stackId} ${logicalId} ${generation}`).digest('hex');
  const suffix = BigInt(`0x${digest}`).toString(36).toUpperCase().padStart(12, '0').slice(0, 12);
  const room = Math.max(maxLength - suffix.length - 2, 2);
  const stackRoom = Math.max(room - logicalId.length, Math.floor(room / 2));
  const stack = stackName.slice(0, stackRoom);
  const name = `${stack}-${logicalId.slice(0, room - stack.length)}-${suffix}`;
  return lowerCase ? name.toLowerCase() : name;
}
