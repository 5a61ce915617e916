import { body } from '../../../core/input';
import type { Body } from '../../../core/service';

/** Tags as this service has them: a map and no list. */
export function mapTags(properties: Body): Readonly<Record<string, string>> {
  return body(properties, 'Tags') as Readonly<Record<string, string>>;
}
