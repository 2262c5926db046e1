import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ErasedPlace } from '../core/erasure.ts';
import type { SourceSchema } from '../core/source-schema.ts';
import { readManifest, rowGroupRows, writeManifest } from './duckdb-importer.ts';
import { type DuckdbSession, sqlText } from './duckdb-session.ts';
import { keptCondition, warehouseColumns } from './duckdb-warehouse.ts';

/** Rewrites files of the warehouse without events that were erased. */
export class DuckdbPurger {
  readonly #session: DuckdbSession;
  readonly #folder: string;

  constructor(session: DuckdbSession, folder: string) {
    this.#session = session;
    this.#folder = folder;
  }

  /**
   * Puts another file without the events of these places in place of a source's, at once; whoever reads the old one goes on.
   * The events that stay keep their positions. `name` tells the file from all before it. Gives whether there was nothing to do,
   * because that file is the source's already.
   */
  async purge(
    schema: SourceSchema,
    { places, name }: { readonly places: readonly ErasedPlace[]; readonly name: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    const manifest = readManifest(this.#folder, schema.source.name);
    if (manifest === undefined || places.length === 0) return true;
    const file = `${stemOf(manifest.file)}.${name}.parquet`;
    if (file === manifest.file) return true;
    const unfinished = join(this.#folder, `${file}.unfinished`);
    const from = `read_parquet(${sqlText(join(this.#folder, manifest.file))})`;
    const rows = `SELECT * FROM ${from} WHERE ${keptCondition(schema, places)} ORDER BY ${warehouseColumns.position}`;
    try {
      await this.#session.run(
        `COPY (${rows}) TO ${sqlText(unfinished)} (FORMAT parquet, ROW_GROUP_SIZE ${rowGroupRows})`,
        signal,
      );
      renameSync(unfinished, join(this.#folder, file));
      writeManifest(this.#folder, { ...manifest, file });
      return false;
    } finally {
      rmSync(unfinished, { force: true });
    }
  }

  /** Removes files of a source that its manifest does not name: those that were rewritten, and rests of a rewriting. */
  removeOldFiles(source: string): void {
    const manifest = readManifest(this.#folder, source);
    if (manifest === undefined) return;
    const stem = `${stemOf(manifest.file)}.`;
    for (const file of readdirSync(this.#folder)) {
      if (file === manifest.file || !file.startsWith(stem)) continue;
      rmSync(join(this.#folder, file), { force: true });
    }
  }
}

/** A file is called after what it was imported from; what comes after the first dot says what was left out. */
function stemOf(file: string): string {
  return file.split('.')[0] ?? file;
}
