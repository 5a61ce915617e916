/** Writes contracts/records/drift-report.schema.json: `node --require ./bin/typescript.cjs tools/generate/emit-drift-report-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { driftReportSchema } from '../../contracts/records/drift-report';

writeFileSync(
  join(__dirname, '../../contracts/records/drift-report.schema.json'),
  `${JSON.stringify(z.toJSONSchema(driftReportSchema), undefined, 2)}\n`,
);
