import { hexDigitOf, sequenceDigits } from '../../shared/kernel/prediction-id.ts';
import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { IdRun } from './record-blocks.ts';

/** What came in one batch. */
export interface IntakeRow {
  /** Ascends from 1. */
  readonly row: number;
  /** When it came, epoch ms. */
  readonly atMs: number;
  readonly predictions: readonly IdRun[];
  /** Ids of shadow answers and outcomes that came before their predictions. */
  readonly orphans: readonly IdRun[];
}

type IntakeFields = Omit<IntakeRow, 'row'>;

/** The order in which predictions came, beside them in LMDB: a row a batch, as JSON. So what is oldest is known, whatever the routers' ids are. */
export class PredictionIntakes {
  readonly #rows: StoreTable;
  /** Number of the newest row, kept here since the search for a last key costs more than all else of a row; undefined where it has to be looked up. */
  #newest: number | undefined;

  constructor(store: KeyValueStore) {
    this.#rows = store.table('intakes');
  }

  /** Gives the oldest row; undefined where there is at most one, which always stays. */
  oldest(): IntakeRow | undefined {
    const [oldest, newer] = this.#rows.range({ limit: 2 });
    if (oldest === undefined || newer === undefined) return undefined;
    return { row: Number(oldest.key), ...parsed(oldest.value) };
  }

  /** Adds a row where anything came. Inside a commit only. */
  add(atMs: number, predictions: readonly string[], orphans: readonly string[]): void {
    if (predictions.length === 0 && orphans.length === 0) return;
    const fields: IntakeFields = {
      atMs,
      predictions: runsOf(predictions),
      orphans: runsOf(orphans),
    };
    this.#newest = (this.#newest ?? this.#newestOnDisk()) + 1;
    this.#rows.put(this.#newest, Buffer.from(JSON.stringify(fields)));
  }

  /** Forgets what is known beside the disk: call it where a commit was not made. */
  renew(): void {
    this.#newest = undefined;
  }

  #newestOnDisk(): number {
    const [newest] = this.#rows.keys({ isReverse: true, limit: 1 });
    return Number(newest ?? 0);
  }

  /** Gives how many predictions came, of those that are kept. O(rows). */
  count(): number {
    let count = 0;
    for (const { value } of this.#rows.range()) {
      for (const [first, last] of parsed(value).predictions) {
        const until = placeOf(last).sequence;
        count += first === last ? 1 : until - placeOf(first).sequence + 1;
      }
    }
    return count;
  }

  /** Inside a commit only. */
  remove(row: number): void {
    this.#rows.remove(row);
  }

  /** Removes all rows. Inside a commit only. */
  clear(): void {
    this.#newest = undefined;
    for (const key of [...this.#rows.keys()]) this.#rows.remove(key);
  }

  bytes(): number {
    return this.#rows.bytes();
  }
}

/** Gives ids as runs, in the order of the text; each id once. */
function runsOf(ids: readonly string[]): readonly IdRun[] {
  const runs: [string, string][] = [];
  let last: PlacedId | undefined;
  for (const id of isAscending(ids) ? ids : [...ids].sort((a, b) => (a < b ? -1 : 1))) {
    const placed = placeOf(id);
    const run = runs.at(-1);
    if (run === undefined || last === undefined || !isNext(last, placed)) runs.push([id, id]);
    else run[1] = id;
    last = placed;
  }
  return runs;
}

/** Those of one batch of a router are: to sort them costs more than to look. */
function isAscending(ids: readonly string[]): boolean {
  for (let index = 1; index < ids.length; index += 1) {
    if ((ids[index - 1] ?? '') >= (ids[index] ?? '')) return false;
  }
  return true;
}

/** An id, and where it stands among those of its router. */
interface PlacedId {
  readonly id: string;
  readonly router: string;
  /** NaN where it is no id that a router makes. */
  readonly sequence: number;
}

function placeOf(id: string): PlacedId {
  const router = id.slice(0, -sequenceDigits);
  let sequence = 0;
  for (let index = router.length; index < id.length; index += 1) {
    sequence = sequence * 16 + hexDigitOf(id.charCodeAt(index));
  }
  return { id, router, sequence: id.length < sequenceDigits ? Number.NaN : sequence };
}

/** Whether an id is the same as the last one, or follows it without a gap. */
function isNext(last: PlacedId, { id, router, sequence }: PlacedId): boolean {
  return id === last.id || (router === last.router && sequence === last.sequence + 1);
}

/** What this class wrote. */
function parsed(bytes: Uint8Array): IntakeFields {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as IntakeFields;
}
