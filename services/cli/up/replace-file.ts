import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces the text of a file as a whole: a reader, or a crash, sees the old text or the new one. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
