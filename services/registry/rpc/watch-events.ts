import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { RegistryEvent } from '../core/registry-event.ts';
import type { Registry } from '../versions/registry.ts';

/** Events that wait for one watcher, at most: one that is further behind reads the log again. */
const waitingMax = 1_024;
const pageEvents = 256;

/**
 * Gives the events of the log from a sequence on, then each new one, until `signal` aborts.
 * @throws {MeshError} UNAVAILABLE / QUEUE_FULL when the watcher is too slow; it resumes after the last event that it got
 */
export async function* watchEvents(
  registry: Registry,
  fromSequence: number,
  signal: AbortSignal,
): AsyncGenerator<RegistryEvent> {
  const waiting: RegistryEvent[] = [];
  let wake = () => {};
  let isOverrun = false;
  const stop = registry.watch((event) => {
    isOverrun ||= waiting.length >= waitingMax;
    if (!isOverrun) waiting.push(event);
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    let next = Math.max(1, fromSequence);
    for (let page = registry.history(next, pageEvents); page.length > 0; ) {
      yield* page;
      next += page.length;
      page = registry.history(next, pageEvents);
    }
    while (!signal.aborted) {
      if (isOverrun) throw tooSlow();
      for (const event of waiting.splice(0)) if (event.sequence >= next) yield event;
      if (waiting.length === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

function tooSlow(): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'QUEUE_FULL',
    message: `more than ${waitingMax} events wait for this watcher; watch again from the sequence after the last one that came`,
    retry: { kind: 'after', delayMs: 0 },
  });
}
