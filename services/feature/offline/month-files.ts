import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { RowBatch, RowFiles, RowNames } from '../ports.ts';
import { type GridMonth, type MaterializePlan, stepText } from './materialize-plan.ts';
import type { SetSource } from './set-manifest.ts';
import { onDisk, writeWhole } from './whole-file.ts';

/** What the values of a month were computed from. */
export interface MonthBasis {
  readonly logOffset: number;
  readonly source: SetSource & {
    /** Events of the file that were history. */
    readonly historyRows: number;
  };
}

/** What an unfinished month goes on with. */
export interface MonthState extends MonthBasis, GridMonth {
  /** In how many parts the entities are worked on. */
  readonly parts: number;
  /** Those that are done. */
  readonly partsDone: number;
  readonly rows: number;
  readonly files: readonly string[];
}

/** What a finished month was made of. */
export interface MonthManifest extends MonthBasis, GridMonth {
  readonly view: string;
  readonly everyMs: number;
  readonly computeVersion: number;
  /** Names and definitions of the features, in order. */
  readonly features: readonly string[];
  readonly definitionHashes: readonly string[];
  /** Names of the files. */
  readonly files: readonly string[];
  readonly rows: number;
}

/** Gives the folder of a view's values on one grid. Another version of a definition has another folder. */
export function gridFolder(folder: string, { view, version, everyMs }: MaterializePlan): string {
  const by = view.by.join(',');
  return join(folder, view.source, by, version.slice(0, 16), `every-${stepText(everyMs)}`);
}

/**
 * The files of one month of a grid. Until it is finished it lies in a folder of its own, where another attempt finds what was
 * done; then it takes its place at once, instead of what was there.
 */
export class MonthFiles {
  readonly #rowFiles: RowFiles;
  readonly #place: string;
  readonly #unfinished: string;

  /** `folder` holds what is materialised. */
  constructor(
    rowFiles: RowFiles,
    folder: string,
    { plan, month }: { readonly plan: MaterializePlan; readonly month: string },
  ) {
    this.#rowFiles = rowFiles;
    this.#place = join(gridFolder(folder, plan), `month=${month}`);
    const { version, everyMs } = plan;
    const id = createHash('sha256')
      .update(canonicalJson({ version, everyMs, month }))
      .digest('hex');
    this.#unfinished = join(folder, '.unfinished', id.slice(0, 16));
  }

  /** Gives the month as it was finished; undefined when it was not. */
  finished(): MonthManifest | undefined {
    // A process that died between its last two steps.
    if (existsSync(join(this.#unfinished, manifestFile))) this.#moveIn();
    return readWhole<MonthManifest>(join(this.#place, manifestFile));
  }

  /** Gives what an earlier attempt left; undefined when there was none. */
  state(): MonthState | undefined {
    return readWhole<MonthState>(join(this.#unfinished, stateFile));
  }

  /** Begins the month anew. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  begin(state: MonthState): void {
    rmSync(this.#unfinished, { recursive: true, force: true });
    onDisk(this.#unfinished, () => mkdirSync(this.#unfinished, { recursive: true }));
    this.save(state);
  }

  /** Keeps how far it is. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  save(state: MonthState): void {
    writeWhole(join(this.#unfinished, stateFile), state);
  }

  /** Writes a file of rows. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  async write(
    file: string,
    content: { readonly names: RowNames; readonly batches: Iterable<RowBatch> },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#rowFiles.write(join(this.#unfinished, file), content, signal);
  }

  /** Puts the finished month in its place. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  finish(manifest: MonthManifest): void {
    writeWhole(join(this.#unfinished, manifestFile), manifest);
    this.#moveIn();
  }

  /** A folder cannot replace another at once: the old one steps aside first. */
  #moveIn(): void {
    rmSync(join(this.#unfinished, stateFile), { force: true });
    const aside = `${this.#unfinished}-old`;
    rmSync(aside, { recursive: true, force: true });
    onDisk(this.#place, () => {
      mkdirSync(dirname(this.#place), { recursive: true });
      if (existsSync(this.#place)) renameSync(this.#place, aside);
      renameSync(this.#unfinished, this.#place);
    });
    rmSync(aside, { recursive: true, force: true });
  }
}

const stateFile = 'state.json';
const manifestFile = 'manifest.json';

/** Reads what {@link writeWhole} wrote: it is whole or not there. */
function readWhole<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}
