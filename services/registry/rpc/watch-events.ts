import type { RegistryEvent } from '../core/registry-event.ts';
import type { Registry } from '../versions/registry.ts';

/**
 * Gives the events of the log from a sequence on, then each new one, until `signal` aborts. A watcher is a place in the log: one that is
 * slow reads on from there and holds nothing back.
 * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
 */
export async function* watchEvents(
  registry: Registry,
  fromSequence: number,
  signal: AbortSignal,
): AsyncGenerator<RegistryEvent> {
  let next = fromSequence;
  while (!signal.aborted) {
    for await (const event of registry.history(next)) {
      if (signal.aborted) return;
      yield event;
      next = event.sequence + 1;
    }
    await registry.grown(next, signal);
  }
}
