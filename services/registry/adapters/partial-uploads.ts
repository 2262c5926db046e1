import { randomUUID } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../shared/kernel/clock.ts';
import {
  isAlive,
  ownIdentity,
  type ProcessIdentity,
  pidSpace,
} from '../../shared/platform/process/process-identity.ts';

/** Uploads that broke off go on within a day, or begin anew. */
const leftMsMax = 86_400_000;
/** What nobody writes now and anybody may go on with. */
const freeSuffix = 'part';
/** What somebody writes now and others may go on with. */
const heldSuffix = 'held';
/** What somebody writes now and nobody goes on with. */
const wholeSuffix = 'whole';
const unknownTicks = 'x';

/** A file of the folder that somebody writes. */
interface WrittenFile {
  readonly digest: string;
  readonly space: string;
  readonly owner: ProcessIdentity;
  readonly suffix: string;
}

/**
 * Files of uploads that are under way, in a folder that several registries may share. Whoever writes has a file of its own, named after its process: so two
 * uploads of one blob don't get into each other's way, and what a process has left that is gone is known from what another one is writing.
 */
export class PartialUploads {
  readonly #folder: string;
  readonly #space = pidSpace();
  readonly #own = ownIdentity();

  /** Opens the folder: what processes have left that are gone can be gone on with, and what is older than a day is removed. */
  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    const oldest = clock.epoch() - leftMsMax;
    for (const file of readdirSync(folder)) this.#tidy(file, oldest);
  }

  /** Gives the path of a new file of this process, for an upload that is kept whole or not at all. */
  beginWhole(digest: string): string {
    return this.#ownPath(digest, wholeSuffix);
  }

  /** Gives how much of a blob is there. */
  async received(digest: string): Promise<number> {
    return (await this.#largest(digest))?.bytes ?? 0;
  }

  /**
   * Gives the path of a file of this process with what is there of a blob. What another upload is writing now is copied up to `fromByte`: that one
   * goes on in its own file.
   */
  async take(digest: string, fromByte: number): Promise<string> {
    const path = this.#ownPath(digest, heldSuffix);
    const largest = await this.#largest(digest);
    if (largest?.isFree && (await isRenamed(largest.path, path))) return path;
    if (largest === undefined || largest.isFree || fromByte === 0 || largest.bytes < fromByte) {
      await (await open(path, 'wx')).close();
      return path;
    }
    const copied = createReadStream(largest.path, { end: fromByte - 1 });
    await pipeline(copied, createWriteStream(path, { flags: 'wx' }));
    return path;
  }

  /** Lets others go on with what was taken. */
  async release(digest: string, path: string): Promise<void> {
    const bytes = await sizeOf(path);
    if (bytes === undefined) return; // published, or removed
    const free = this.#freePath(digest);
    if (bytes === 0 || bytes < ((await sizeOf(free)) ?? 0)) await rm(path, { force: true });
    else await rename(path, free);
  }

  /** Removes what was taken, and what others could go on with: the blob is whole. */
  async drop(digest: string, path: string): Promise<void> {
    await rm(path, { force: true });
    await rm(this.#freePath(digest), { force: true });
  }

  async #largest(
    digest: string,
  ): Promise<
    { readonly path: string; readonly bytes: number; readonly isFree: boolean } | undefined
  > {
    let largest: { path: string; bytes: number; isFree: boolean } | undefined;
    for (const file of await readdir(this.#folder)) {
      const isFree = file === `${digest}.${freeSuffix}`;
      if (!isFree && !(file.startsWith(`${digest}.`) && file.endsWith(`.${heldSuffix}`))) continue;
      const path = join(this.#folder, file);
      const bytes = await sizeOf(path);
      if (bytes === undefined || bytes < (largest?.bytes ?? 0)) continue;
      largest = { path, bytes, isFree };
    }
    return largest;
  }

  #tidy(file: string, oldest: number): void {
    const path = join(this.#folder, file);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return; // another registry that starts was faster
    if (stats.mtimeMs < oldest) {
      rmSync(path, { force: true });
      return;
    }
    const written = parseName(file);
    // Whether a process of another machine or container is alive can't be asked: only the day counts.
    if (written === undefined || written.space !== this.#space || isAlive(written.owner)) return;
    const free = this.#freePath(written.digest);
    const known = statSync(free, { throwIfNoEntry: false })?.size ?? 0;
    if (written.suffix === wholeSuffix || stats.size <= known) rmSync(path, { force: true });
    else renameSync(path, free);
  }

  #freePath(digest: string): string {
    return join(this.#folder, `${digest}.${freeSuffix}`);
  }

  #ownPath(digest: string, suffix: string): string {
    const { pid, startTicks = unknownTicks } = this.#own;
    const owner = `${this.#space}.${pid}.${startTicks}`;
    return join(this.#folder, `${digest}.${owner}.${randomUUID()}.${suffix}`);
  }
}

function parseName(file: string): WrittenFile | undefined {
  const [digest, space, pid, ticks, , suffix] = file.split('.');
  if (digest === undefined || space === undefined || suffix === undefined) return undefined;
  const startTicks = ticks === unknownTicks ? undefined : ticks;
  return { digest, space, suffix, owner: { pid: Number(pid), startTicks } };
}

async function isRenamed(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false, // somebody else took it
  );
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
