#!/usr/bin/env node
// Launcher of the `mlmesh` command. Plain JavaScript, because the compiler's output is not executable.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../../dist/services/cli/main.js', import.meta.url);
if (existsSync(fileURLToPath(main))) {
  await import(main.href);
} else {
  process.stderr.write('mlmesh: not built yet; run `npm run build` in the mlmesh folder first\n');
  process.exitCode = 1;
}
