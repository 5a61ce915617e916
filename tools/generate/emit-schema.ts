/** Writes packages/use-case/src/use-case.schema.json, which editors read: `npx ts-node --transpile-only tools/generate/emit-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useCaseJsonSchema } from '../../packages/use-case/src/use-case-problems';

writeFileSync(
  join(__dirname, '../../packages/use-case/src/use-case.schema.json'),
  `${JSON.stringify(useCaseJsonSchema(), undefined, 2)}\n`,
);
