import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { type KeyedMesh, keyedEntity } from '../core/entity-places.ts';
import type { JobKind, JobRequest, JobResults } from '../jobs/job-protocol.ts';
import type { EventStore, JobRunner } from '../ports.ts';
import type { OnlineServing } from './online-serving.ts';

/** What an {@link EntityEraser} works with. */
export interface EntityEraserPorts {
  readonly keyed: KeyedMesh;
  readonly store: EventStore;
  readonly builder: JobRunner;
  readonly online: OnlineServing;
  readonly clock: Clock;
  readonly pauseIngest: () => Promise<(lastSeq: number) => void>;
  /** Learns of what failed while nobody waited for it, and is tried again. */
  readonly onBackgroundError: (error: unknown) => void;
}

/** What was erased. */
export interface Erased {
  readonly logEvents: number;
  readonly historyEvents: number;
  readonly statesRemoved: number;
  readonly statesRecomputed: number;
  readonly logOffset: number;
}

/** Pause before work of an erasure that failed is tried again. */
const againMs = durationMs(1_000);

/** Old files stay so long after they were rewritten: whoever has read their names has opened them by then. */
const oldFilesMs = durationMs(2_000);

/** Erases entities, one after another, while reads go on. */
export class EntityEraser {
  readonly #ports: EntityEraserPorts;
  readonly #leaving = new AbortController();
  #erasing: Promise<unknown> = Promise.resolve();
  #purging: Promise<void> = Promise.resolve();

  constructor(ports: EntityEraserPorts) {
    this.#ports = ports;
  }

  /** Finishes what was interrupted; nothing may have been read or ingested yet. */
  async start(signal: AbortSignal): Promise<void> {
    const { store } = this.#ports;
    const works = store.erasures();
    if (works.some(({ states }) => states.length > 0)) {
      await this.#run({ kind: 'finish-erasures' }, signal);
    }
    if (works.some(({ files }) => files.length > 0)) this.#purge();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the feature service stops'));
    await this.#erasing.catch(() => undefined);
    await this.#purging;
  }

  /**
   * Erases an entity: its events are gone when this resolves, whatever happens to the process. What has begun goes on when
   * the caller does not wait any more.
   * @throws {MeshError} as keyedEntity; RESOURCE_EXHAUSTED / DISK_FULL, and nothing was erased
   */
  async erase(name: string, keys: ReadonlyMap<string, string>, reason: string): Promise<Erased> {
    const { entity, key, places } = keyedEntity(this.#ports.keyed, name, keys);
    const erasedMs = this.#ports.clock.epoch();
    const request = { kind: 'erase', entity, key, places, reason, erasedMs } as const;
    const erased = this.#erasing.catch(() => undefined).then(() => this.#eraseNow(request));
    this.#erasing = erased;
    return await erased;
  }

  async #eraseNow(request: JobRequest & { readonly kind: 'erase' }): Promise<Erased> {
    const { store, online, pauseIngest } = this.#ports;
    const resume = await pauseIngest();
    try {
      await online.store();
      const before = store.lastSeq();
      const result = await this.#run(request, this.#leaving.signal).catch(
        async (error: unknown) => {
          await this.#settled();
          if (store.lastSeq() !== before) await this.#finish();
          throw error;
        },
      );
      if (result.logOffset > 0) await online.adopt(result.touched, result.logOffset);
      if (result.historyEvents > 0) this.#purge();
      const count = (kind: 'removed' | 'remade'): number =>
        result.touched.reduce((sum, states) => sum + states[kind].length, 0);
      const { logEvents, historyEvents, logOffset } = result;
      return {
        logEvents,
        historyEvents,
        statesRemoved: count('removed'),
        statesRecomputed: count('remade'),
        logOffset,
      };
    } finally {
      await this.#settled();
      resume(store.lastSeq());
    }
  }

  /** The events are gone and the states are not yet: nothing may be ingested before they are. */
  async #finish(): Promise<void> {
    const { online, store, clock, onBackgroundError } = this.#ports;
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      try {
        const { touched } = await this.#run({ kind: 'finish-erasures' }, signal);
        await online.adopt(touched, store.lastSeq());
        return;
      } catch (error) {
        onBackgroundError(error);
        await clock.sleep(againMs, signal).catch(() => undefined);
      }
    }
  }

  #purge(): void {
    const { clock, onBackgroundError } = this.#ports;
    const { signal } = this.#leaving;
    this.#purging = this.#purging
      .then(async () => {
        while ((await this.#run({ kind: 'purge' }, signal)).files > 0) {
          await clock.sleep(oldFilesMs, signal);
        }
      })
      .catch((error: unknown) => {
        if (!signal.aborted) onBackgroundError(error);
      });
  }

  async #run<K extends JobKind>(
    request: JobRequest & { readonly kind: K },
    signal: AbortSignal,
  ): Promise<JobResults[K]> {
    const job = this.#ports.builder.run<K>(request, signal);
    for (;;) {
      const step = await job.next();
      if (step.done === true) return step.value;
    }
  }

  /** LMDB keeps its view of the store for the rest of a turn of the event loop. */
  async #settled(): Promise<void> {
    await this.#ports.clock.sleep(durationMs(5), new AbortController().signal);
  }
}
