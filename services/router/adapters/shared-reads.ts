import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import { BriefMap } from '../../shared/policy/brief-map.ts';
import type { FeatureAnswer, FeatureQuery, FeatureReader, Receiver } from '../ports.ts';

/** A deadline this much later than that of the read under way is as good as the same: requests of one moment differ by fractions of it. */
const deadlineSlackMs = 1;

/** A read under way, and who waits for it. */
interface SharedRead {
  readonly query: FeatureQuery;
  readonly receivers: Receiver<FeatureAnswer>[];
}

/**
 * Reads a vector once for all who ask for it while it is under way: same feature set, same keys, same time. A burst of requests for one hot entity is one row of a
 * frame then. Whoever is traced reads for itself where the read under way is not, so that its trace is complete.
 */
export class SharedReads implements FeatureReader {
  readonly #reader: FeatureReader;
  readonly #underWay = new BriefMap<string, SharedRead>();
  #shared = 0;

  constructor(reader: FeatureReader) {
    this.#reader = reader;
  }

  /** Reads that another one answered. */
  get shared(): number {
    return this.#shared;
  }

  read(query: FeatureQuery, receiver: Receiver<FeatureAnswer>): void {
    const key = keyOf(query);
    const known = this.#underWay.get(key);
    if (known !== undefined && canShare(known.query, query)) {
      this.#shared += 1;
      known.receivers.push(receiver);
      return;
    }
    const fresh: SharedRead = { query, receivers: [receiver] };
    this.#underWay.set(key, fresh);
    this.#reader.read(query, {
      onAnswer: (answer) => {
        for (const each of this.#end(key, fresh)) each.onAnswer(answer);
      },
      onFailure: (error: MeshError) => {
        for (const each of this.#end(key, fresh)) each.onFailure(error);
      },
    });
  }

  #end(key: string, read: SharedRead): readonly Receiver<FeatureAnswer>[] {
    if (this.#underWay.get(key) === read) this.#underWay.delete(key);
    return read.receivers;
  }
}

function canShare(known: FeatureQuery, query: FeatureQuery): boolean {
  const isInTime = query.deadline <= known.deadline + deadlineSlackMs;
  return isInTime && (query.trace === undefined || known.trace !== undefined);
}

/** No key holds the separator: they were checked when the request was read. */
function keyOf({ featureSetHash, keys, atMs }: FeatureQuery): string {
  return `${atMs}\u001f${featureSetHash}\u001f${keys.join('\u001f')}`;
}
