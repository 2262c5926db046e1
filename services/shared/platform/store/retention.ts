import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import { durationMs } from '../../kernel/units.ts';

/** A log that lets go of its oldest records. */
export interface RetainedLog {
  readonly name: string;
  /** Gives the bytes that it has on disk. O(1). */
  bytes(): number;
  /** Gives when the oldest record was taken at the latest, epoch ms; undefined where there is none to let go of. O(1). */
  oldestMs(): number | undefined;
  /**
   * Lets go of some of the oldest records, of those that were taken before `beforeMs` alone: as one commit, all of it or nothing, small enough that others have
   * their turn. The newest always stay. Durable when it resolves.
   * @returns how many records went; 0 where none may
   */
  letGo(beforeMs: number): Promise<number>;
}

/** How much of a log is kept. */
export interface RetentionLimits {
  /** Records that were taken longer ago go. */
  readonly keepMs: number;
  /** The oldest go while the log has more bytes on disk. */
  readonly bytesMax: number;
}

/** A log with its limits. */
export interface Retained {
  readonly log: RetainedLog;
  readonly limits: RetentionLimits;
}

/** What a {@link Retention} stands on. */
export interface RetentionParts {
  readonly retained: readonly Retained[];
  readonly clock: Clock;
  /** Learns that a log could not let go. It is tried again at the next look. */
  readonly onError: (error: unknown, log: string) => void;
}

// 10 s: at 30 MB/s, what a log may be over its limit meanwhile is a third of the 1 GiB below which the disk is told to be nearly full.
const lookEveryMs = durationMs(10_000);
/** Commits of one look at a log; the next look goes on. */
const commitsMax = 64;

/** Keeps logs within their limits of age and bytes, while the process runs. */
export class Retention implements Component {
  readonly name = 'retention';
  readonly #parts: RetentionParts;
  readonly #leaving = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the retention stops'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { retained, clock, onError } = this.#parts;
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      for (const { log, limits } of retained) {
        await keepWithin(log, limits, clock.epoch()).catch((error) => onError(error, log.name));
      }
      await clock.sleep(lookEveryMs, signal).catch(() => undefined);
    }
  }
}

/**
 * Lets a log go of its oldest records until it is within its limits, or for 64 commits.
 * @returns how many records went
 * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL: a commit that removes writes pages as well
 */
export async function keepWithin(
  log: RetainedLog,
  { keepMs, bytesMax }: RetentionLimits,
  nowMs: number,
): Promise<number> {
  let gone = 0;
  for (let commit = 0; commit < commitsMax; commit += 1) {
    const oldestMs = log.oldestMs();
    if (oldestMs === undefined) break;
    const isLarge = log.bytes() > bytesMax;
    if (!isLarge && oldestMs >= nowMs - keepMs) break;
    const count = await log.letGo(isLarge ? Number.POSITIVE_INFINITY : nowMs - keepMs);
    if (count === 0) break;
    gone += count;
  }
  return gone;
}
