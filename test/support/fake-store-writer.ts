import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';

/**
 * A process that writes rows of 100 kB to the store in its first argument until a commit fails (or its second argument, the count, is
 * reached), then tries once more. Prints what came of it as JSON.
 */
const store = KeyValueStore.open({ directory: process.argv[2] ?? '', spareBytes: 0 });
const table = store.table('rows');
const reasons: unknown[] = [];
const row = Buffer.alloc(100_000, 7);
for (let index = 0; index < Number(process.argv[3]) && reasons.length < 2; index += 1) {
  await store
    .commit(() => table.put(index, row))
    .catch((error: unknown) => {
      reasons.push(error instanceof Error && 'reason' in error ? error.reason : String(error));
    });
}
process.stdout.write(JSON.stringify({ rows: table.count(), first: table.get(0)?.length, reasons }));
process.exit(0);
