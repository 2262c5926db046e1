import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { packageVersion } from '../process/package-version.ts';
import { replaceFile } from '../process/replace-file.ts';

/**
 * What brings a folder from one version of its layout to the next. It may be ended at any moment, by `kill -9` as well, and is then run again from the start: so it
 * leaves alone what it has done already, and removes nothing before what replaces it is on disk.
 */
export type Migration = (folder: string) => Promise<void> | void;

/** How the data of a service lie in its folder. */
export interface DataLayout {
  /** Name of the service. */
  readonly name: string;
  /** The one at index n leads from version n to n + 1, so their number is the version of today. Version 0 is a folder without a mark. */
  readonly migrations: readonly Migration[];
}

/** What was found in a folder, and what it is now. */
export interface OpenedLayout {
  /** Undefined for a folder that was empty. */
  readonly found: number | undefined;
  readonly version: number;
}

/** Name of the file in a data folder that says how its data lie. */
export const layoutFileName = 'layout.json';

/** For a layout that has not changed since folders are marked: one without a mark is as one with the first. */
export const adopt: Migration = () => undefined;

/**
 * Brings the folder of a service to the layout of today, before anything in it is opened; makes it where it is missing. The mark is written after each migration.
 * @throws {MeshError} FAILED_PRECONDITION / DATA_DIRECTORY_VERSION when a newer mlmesh wrote it; DATA_LOSS / STATE_CORRUPT when the mark can't be read
 */
export async function openLayout(folder: string, layout: DataLayout): Promise<OpenedLayout> {
  const { name, migrations } = layout;
  mkdirSync(folder, { recursive: true });
  const found = readLayout(folder, name);
  if (found === undefined) {
    mark(folder, name, migrations.length);
    return { found, version: migrations.length };
  }
  if (found.version > migrations.length) throw tooNew(folder, name, found, migrations.length);
  for (const [index, migrate] of migrations.entries()) {
    if (index < found.version) continue;
    await migrate(folder);
    mark(folder, name, index + 1);
  }
  return { found: found.version, version: migrations.length };
}

interface LayoutMark {
  readonly version: number;
  /** Version of the mlmesh that wrote it, for people. */
  readonly writtenBy: string;
}

/** Undefined for a folder without data. */
function readLayout(folder: string, name: string): LayoutMark | undefined {
  const path = join(folder, layoutFileName);
  if (!existsSync(path)) {
    const isEmpty = readdirSync(folder).length === 0;
    return isEmpty ? undefined : { version: 0, writtenBy: 'an mlmesh that marked nothing' };
  }
  const fields = parseMark(path);
  const { version, writtenBy, service } = fields;
  if (service !== name || typeof version !== 'number' || !Number.isSafeInteger(version)) {
    throw corrupt(path, `wanted the layout of ${name}, got ${JSON.stringify(fields)}`);
  }
  return { version, writtenBy: `mlmesh ${String(writtenBy)}` };
}

function parseMark(path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    throw corrupt(path, messageOf(error), error);
  }
}

function mark(folder: string, service: string, version: number): void {
  const text = JSON.stringify({ service, version, writtenBy: packageVersion() });
  replaceFile(join(folder, layoutFileName), `${text}\n`);
}

function tooNew(folder: string, name: string, found: LayoutMark, known: number): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'DATA_DIRECTORY_VERSION',
    message: `the data of ${name} in ${folder} have layout ${found.version}, this mlmesh reads up to ${known}; run ${found.writtenBy}, which wrote them, or restore a backup from before it with \`mlmesh restore\``,
    detail: { found: found.version, known },
  });
}

function corrupt(path: string, why: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'STATE_CORRUPT',
    message: `${path} does not say how the data beside it lie: ${why}; restore it from a backup`,
    cause,
  });
}
