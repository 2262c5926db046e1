import { benchIngest } from './ingest-bench.ts';

// The figures of ingest alone, as one line of JSON: node dist/loadtest/bench-features/ingest-process.js
process.stdout.write(`${JSON.stringify(await benchIngest())}\n`);
