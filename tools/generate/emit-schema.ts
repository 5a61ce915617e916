/** Writes packages/use-case/src/use-case.schema.json, which editors read: `node --require ./bin/typescript.cjs tools/generate/emit-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useCaseJsonSchema } from '@mooring/use-case/use-case-problems';

writeFileSync(
  join(__dirname, '../../packages/use-case/src/use-case.schema.json'),
  `${JSON.stringify(useCaseJsonSchema(), undefined, 2)}\n`,
);
