/** Writes contracts/use-case.schema.json, which editors read: `npx ts-node --transpile-only scripts/emit-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useCaseJsonSchema } from '../contracts/use-case-problems';

writeFileSync(
  join(__dirname, '../contracts/use-case.schema.json'),
  `${JSON.stringify(useCaseJsonSchema(), undefined, 2)}\n`,
);
