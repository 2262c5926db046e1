import type { DriftPlan, MonitoringPlan } from '../../shared/definition/monitoring-policy.ts';
import { type DriftAnswer, judgeCounts } from '../core/windows/judge-counts.ts';
import { answersOf } from '../core/windows/window-counts.ts';
import type { VersionKey, WindowStore } from '../ports.ts';
import type { CountedVersion, CounterBook } from './counter-book.ts';
import type { ReferenceDesk } from './reference-desk.ts';
import { windowMsOf } from './window-length.ts';
import type { WindowLoop } from './window-loop.ts';

/** What a desk is made of. */
export interface DriftDeskParts {
  readonly book: CounterBook;
  readonly desk: ReferenceDesk;
  readonly loop: WindowLoop;
  readonly windows: WindowStore;
  readonly planOf: (model: string) => MonitoringPlan;
}

/** Which window is wanted. */
export interface DriftQuery {
  readonly model: string;
  /** 0 is the one that answered most in the newest window. */
  readonly version: number;
  /** The newest window that ended by then, epoch ms. */
  readonly untilMs: number;
  readonly isOpen: boolean;
}

/** What there is to say. */
export type DriftStatus =
  | 'JUDGED'
  | 'TOO_FEW_ROWS'
  | 'OPEN'
  | 'NO_REFERENCE'
  | 'WAITING'
  | 'NOTHING';

/** What is known of a version's drift. */
export interface FoundDrift {
  readonly version: number;
  readonly status: DriftStatus;
  /** What is missing, for people; empty when nothing is. */
  readonly gap: string;
  readonly profileDigest: string;
  readonly referenceRows: number;
  /** By what it was judged. */
  readonly plan: DriftPlan;
  readonly lateAnswers: number;
  readonly answer?: DriftAnswer;
}

/** Answers how far versions are from their references: each number is computed again from the counts that are stored. */
export class DriftDesk {
  readonly #parts: DriftDeskParts;

  constructor(parts: DriftDeskParts) {
    this.#parts = parts;
  }

  /** Gives the drift of a version. Brings open minutes to disk where the open window is wanted. O(columns x bins x minutes). */
  async find(query: DriftQuery): Promise<FoundDrift> {
    const version = this.#versionOf(query);
    const plan = this.#parts.planOf(query.model).drift;
    if (version === undefined) {
      const gap = `no answer of ${versionText(query.version)} has come`;
      return { ...none, plan, version: query.version, status: 'NOTHING', gap };
    }
    const known = { ...none, plan, version: version.version, lateAnswers: version.lateAnswers };
    const { desk } = this.#parts;
    const reader = version.reader ?? (version.isAway ? desk.kept(version) : undefined);
    if (reader === undefined) return { ...known, status: 'WAITING', gap: this.#waiting(version) };
    const { profileDigest, profile } = reader.reference;
    if (profileDigest === '') return { ...known, status: 'NO_REFERENCE', gap: noProfile };
    const referenceRows = profile.inputs[0]?.rows ?? 0;
    const read = { ...known, profileDigest, referenceRows };
    const window = query.isOpen ? undefined : this.#parts.windows.window(version, query.untilMs);
    if (window !== undefined) {
      const answer = judgeCounts({ ...window, profile });
      const status = answer.isJudged ? 'JUDGED' : 'TOO_FEW_ROWS';
      return { ...read, plan: window.plan, status, gap: '', answer };
    }
    return { ...read, ...(await this.#open(version, query)) };
  }

  #waiting(version: CountedVersion): string {
    const why = this.#parts.desk.gap(version);
    const because = why === '' ? 'it is being fetched' : why;
    return `the reference of version ${version.version} is not here yet (${because}); ${version.waitingAnswers} answers wait in the log and will be counted`;
  }

  async #open(
    version: CountedVersion,
    { untilMs, isOpen }: DriftQuery,
  ): Promise<Pick<FoundDrift, 'status' | 'gap'> & { answer?: DriftAnswer }> {
    const { loop, planOf } = this.#parts;
    const { drift: plan, output: outputPlan } = planOf(version.model);
    const lengthMs = windowMsOf(plan, version.reader);
    const { oldestOpenMs } = version;
    const isWanted = isOpen || untilMs === Number.MAX_SAFE_INTEGER;
    if (!isWanted || !Number.isFinite(oldestOpenMs) || version.reader === undefined) {
      return { status: 'NOTHING', gap: 'no window of that time is kept' };
    }
    await loop.checkpoint();
    const startMs = Math.floor(oldestOpenMs / lengthMs) * lengthMs;
    const endMs = startMs + lengthMs;
    const counts = loop.openCounts(version, startMs, endMs);
    if (counts === undefined) return { status: 'NOTHING', gap: 'no window is open' };
    const { profile } = version.reader.reference;
    const { states, output } = version;
    // Never enough rows to be judged: a window that is not whole would be judged by its morning.
    const measured = { ...plan, effectiveRowsMin: Number.POSITIVE_INFINITY };
    const answer = judgeCounts({
      ...{ startMs, endMs, counts, profile, states, plan: measured },
      ...{ output, outputPlan },
    });
    const gap = `the window is open, with ${answersOf(counts)} answers so far`;
    return { status: 'OPEN', gap, answer };
  }

  #versionOf({ model, version }: VersionKey): CountedVersion | undefined {
    const { book, loop } = this.#parts;
    if (version > 0) return book.version({ model, version });
    const closed = [...loop.latest()].filter((one) => one.model === model && one.version > 0);
    const newestMs = Math.max(...closed.map(({ answer }) => answer.endMs));
    const most = closed
      .filter(({ answer }) => answer.endMs === newestMs)
      .sort((left, right) => right.answer.answers - left.answer.answers)[0];
    if (most !== undefined) return book.version(most);
    return [...book.versions()]
      .filter((one) => one.model === model && one.version > 0)
      .sort((left, right) => soFar(right) - soFar(left))[0];
  }
}

const none = { gap: '', profileDigest: '', referenceRows: 0, lateAnswers: 0 };
const noProfile = 'the version has no reference profile; train it with `mlmesh train` to have one';

function soFar({ answers, waitingAnswers }: CountedVersion): number {
  return answers + waitingAnswers;
}

function versionText(version: number): string {
  return version === 0 ? 'any version' : `version ${version}`;
}
