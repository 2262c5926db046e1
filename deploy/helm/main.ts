import { readFileSync, writeFileSync } from 'node:fs';
import { chartValues, withSettings, withTable } from './chart-files.ts';

const schemaPath = 'deploy/helm/mlmesh/values.schema.json';
const readmePath = 'deploy/helm/mlmesh/README.md';

// Writes what of the chart follows from the schema of settings: `npm run gen:chart`.
const read = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object; // both are objects
const schema = withSettings(read(schemaPath), read('deploy/settings.schema.json'));
writeFileSync(schemaPath, `${JSON.stringify(schema, undefined, 2)}\n`);
writeFileSync(readmePath, withTable(readFileSync(readmePath, 'utf8'), chartValues(schema)));
