import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces the text of a file as a whole: a reader, or a crash, sees the old text or the new one. `mode` is that of a new file. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { flush: true, mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
