import type { VerdictRecord } from '../core/verdict-record.ts';
import type { AutomaticRollback, VerdictStore } from '../release-ports.ts';

/** The verdicts of a store, whose rollbacks are those of canaries: one that leaves its callers is no rollback of production. */
export class CanaryVerdicts implements VerdictStore {
  readonly #verdicts: VerdictStore;

  constructor(verdicts: VerdictStore) {
    this.#verdicts = verdicts;
  }

  append(record: VerdictRecord): Promise<void> {
    return this.#verdicts.append(record);
  }

  verdict(id: string): VerdictRecord | undefined {
    return this.#verdicts.verdict(id);
  }

  newest(): Iterable<VerdictRecord> {
    return this.#verdicts.newest();
  }

  keepRollback(rollback: AutomaticRollback): Promise<void> {
    return this.#verdicts.keepRollback({ ...rollback, model: nameOf(rollback.model) });
  }

  lastRollback(model: string): AutomaticRollback | undefined {
    const last = this.#verdicts.lastRollback(nameOf(model));
    return last && { ...last, model };
  }
}

/** No model has a space in its name. */
function nameOf(model: string): string {
  return `${model} canary`;
}
