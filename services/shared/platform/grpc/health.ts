import { MeshError } from '../../kernel/mesh-error.ts';
import type { Handlers } from './service-types.ts';

type Status = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

/** Which services of a process take calls; '' is the process itself. */
export class Health {
  readonly #isServing = new Map<string, boolean>();
  readonly #listeners = new Set<() => void>();

  /** Sets the state of one service, or of the process ('') . */
  set(service: string, isServing: boolean): void {
    this.#isServing.set(service, isServing);
    for (const listener of this.#listeners) listener();
  }

  /** Sets all services and the process. */
  setAll(isServing: boolean): void {
    for (const service of this.#isServing.keys()) this.#isServing.set(service, isServing);
    for (const listener of this.#listeners) listener();
  }

  /** Gives the handlers of grpc.health.v1.Health. */
  handlers(): Handlers<'grpc.health.v1.Health'> {
    return {
      check: ({ service }) => {
        const status = this.#statusOf(service);
        if (status === 'SERVICE_UNKNOWN') throw serviceUnknown(service);
        return { status };
      },
      list: () => ({
        statuses: Object.fromEntries(
          [...this.#isServing.keys()].map((service) => [
            service,
            { status: this.#statusOf(service) },
          ]),
        ),
      }),
      watch: ({ service }, { signal }) => this.#watch(service, signal),
    };
  }

  async *#watch(service: string, signal: AbortSignal): AsyncGenerator<{ status: Status }> {
    let last: Status | undefined;
    let wake = () => {};
    const listener = () => wake();
    this.#listeners.add(listener);
    signal.addEventListener('abort', listener);
    try {
      for (;;) {
        const status = this.#statusOf(service);
        if (status !== last) {
          last = status;
          yield { status };
          continue;
        }
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener('abort', listener);
    }
  }

  #statusOf(service: string): Status {
    const isServing = this.#isServing.get(service);
    if (isServing === undefined) return 'SERVICE_UNKNOWN';
    return isServing ? 'SERVING' : 'NOT_SERVING';
  }
}

function serviceUnknown(service: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'METHOD_UNKNOWN',
    message: `no service '${service}' here; the health service's List names them`,
  });
}
