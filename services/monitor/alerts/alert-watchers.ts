import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AlertChange, AlertRecord } from '../core/alert-record.ts';

/** What a watcher is told. */
export interface WatchedAlerts {
  readonly alerts: readonly AlertRecord[];
  /** Whether these are all that are not over: the first that a watcher is told. */
  readonly isAll: boolean;
}

const watchersMax = 256;

/** Tells of changes. A watcher that is slow is told of each alert's last change only, so what waits for it is as much as there are alerts. */
export class AlertWatchers {
  readonly #listeners = new Set<(changes: readonly AlertChange[]) => void>();
  #watching = 0;

  /** Has a listener told of every change, at once. */
  listen(listener: (changes: readonly AlertChange[]) => void): void {
    this.#listeners.add(listener);
  }

  /** Tells all. */
  tell(changes: readonly AlertChange[]): void {
    for (const listener of this.#listeners) listener(changes);
  }

  /** Gives what there is, then what changes, until `signal` aborts. @throws {MeshError} RESOURCE_EXHAUSTED / QUEUE_FULL */
  async *watch(
    all: () => readonly AlertRecord[],
    signal: AbortSignal,
  ): AsyncGenerator<WatchedAlerts> {
    if (this.#watching >= watchersMax) throw tooManyWatchers();
    const waiting = new Map<number, AlertRecord>();
    let wake = () => {};
    const listener = (changes: readonly AlertChange[]) => {
      for (const { alert } of changes) waiting.set(alert.number, alert);
      wake();
    };
    this.#listeners.add(listener);
    this.#watching += 1;
    try {
      yield { alerts: all(), isAll: true };
      while (!signal.aborted) {
        if (waiting.size > 0) {
          const alerts = [...waiting.values()];
          waiting.clear();
          yield { alerts, isAll: false };
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = () => {
            signal.removeEventListener('abort', wake);
            resolve();
          };
          signal.addEventListener('abort', wake);
        });
      }
    } finally {
      this.#watching -= 1;
      this.#listeners.delete(listener);
    }
  }
}

function tooManyWatchers(): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'QUEUE_FULL',
    message: `wanted to watch the alerts, but ${watchersMax} do already; end one and try again`,
  });
}
