import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Folders of what was made out of events. */
export interface MadeFolders {
  /** Holds the training sets that were written. */
  readonly setsFolder: string;
  /** Holds the grids that were materialised. */
  readonly materializedFolder: string;
}

/** Events of these sources are erased. */
export interface ErasedFrom {
  readonly sources: readonly string[];
  /** By view of the mesh: the time of the first erased event that it held, epoch ms. */
  readonly firstTs: ReadonlyMap<string, number>;
}

/**
 * Removes what was made out of events that are erased: training sets of their sources, months of grids that reach them, and
 * whatever is unfinished. Whoever wants it makes it again; what was copied elsewhere stays. Gives how many folders went.
 */
export function removeMade(folders: MadeFolders, erased: ErasedFrom): number {
  const { setsFolder, materializedFolder } = folders;
  const unfinished = join(materializedFolder, '.unfinished');
  const gone = [
    ...subfolders(setsFolder).filter((set) => isSetOf(set, erased)),
    ...erased.sources.flatMap((source) => erasedMonths(join(materializedFolder, source), erased)),
    ...subfolders(unfinished),
  ];
  for (const folder of gone) rmSync(folder, { recursive: true, force: true });
  return gone.length;
}

/** A set that is not finished does not say where its rows come from. */
function isSetOf(folder: string, { sources }: ErasedFrom): boolean {
  const manifest = manifestIn<{ readonly sources: readonly { readonly name: string }[] }>(folder);
  return manifest === undefined || manifest.sources.some(({ name }) => sources.includes(name));
}

/** Gives the months of a source's views, whatever their version and grid, that reach an erased event. */
function erasedMonths(folder: string, { firstTs }: ErasedFrom): readonly string[] {
  return subfolders(folder).flatMap((view) => {
    const id = `${basename(dirname(view))}/${basename(view)}`;
    const grids = subfolders(view).flatMap(subfolders);
    return grids.flatMap(subfolders).filter((month) => {
      const manifest = manifestIn<{ readonly untilMs: number }>(month);
      // A view that the mesh has no more may hold anything.
      const from = firstTs.get(id) ?? Number.NEGATIVE_INFINITY;
      return manifest === undefined || from < manifest.untilMs;
    });
  });
}

function subfolders(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

/** Reads a manifest, which is whole or not there. */
function manifestIn<T>(folder: string): T | undefined {
  const path = join(folder, 'manifest.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}
