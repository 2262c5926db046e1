import { statfs } from 'node:fs/promises';
import { wantedFreeBytes } from '../../shared/policy/disk-space.ts';
import type { AlertSource, FiringAlert } from '../core/alert-source.ts';
import { diskRule } from '../core/disk-rule.ts';

/** How much of a disk there is. */
export interface DiskSpace {
  readonly totalBytes: number;
  /** What a process without privileges may still write. */
  readonly freeBytes: number;
}

/** How a disk is watched. */
export interface DiskWatchOptions {
  /** A folder on it. */
  readonly folder: string;
  readonly onError: (error: unknown) => void;
  /** Asks the file system; for tests. */
  readonly read?: (folder: string) => Promise<DiskSpace>;
}

// 5 s: at 200 MB/s, the 1 GiB that is wanted lasts as long.
const lookEveryMs = 5_000;

/** Watches the disk of a folder: the alert comes while there is still room to write. */
export class DiskWatch implements AlertSource {
  readonly #folder: string;
  readonly #onError: (error: unknown) => void;
  readonly #read: (folder: string) => Promise<DiskSpace>;
  #space: DiskSpace | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor({ folder, onError, read = readSpace }: DiskWatchOptions) {
    this.#folder = folder;
    this.#onError = onError;
    this.#read = read;
  }

  /** What is free, as it was found last, in bytes; NaN before the first look. */
  get freeBytes(): number {
    return this.#space?.freeBytes ?? Number.NaN;
  }

  /** Looks every 5 s, and meanwhile answers from what it saw last: a file system may take its time. */
  firing(nowMs: number): readonly FiringAlert[] {
    if (nowMs - this.#lookedMs >= lookEveryMs) {
      this.#lookedMs = nowMs;
      void this.#look();
    }
    const space = this.#space;
    if (space === undefined || space.freeBytes >= wantedFreeBytes(space.totalBytes)) return [];
    const { freeBytes, totalBytes } = space;
    return [
      {
        rule: diskRule.rule,
        model: '',
        subject: this.#folder,
        severity: diskRule.severity,
        message: `the disk of ${this.#folder} has ${Math.round(freeBytes / 1024 ** 2)} MiB free of ${Math.round(totalBytes / 1024 ** 2)}; ${diskRule.advice}`,
        evidence: { freeBytes, totalBytes },
      },
    ];
  }

  /** A look that fails leaves what was seen before. */
  async #look(): Promise<void> {
    try {
      this.#space = await this.#read(this.#folder);
    } catch (error) {
      this.#onError(error);
    }
  }
}

async function readSpace(folder: string): Promise<DiskSpace> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}
