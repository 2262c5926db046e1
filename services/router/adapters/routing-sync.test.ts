import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { RoutingTable } from '../core/routing-table.ts';
import { VersionSets } from '../core/version-sets.ts';
import type { RegistryListener } from '../ports.ts';
import type { FallbackArtifact } from './fallback-model.ts';
import { RoutingSync } from './routing-sync.ts';

function artifactOf(model: string, version: number): FallbackArtifact {
  const spec = {
    name: `${model}/${version}`,
    format: 'onnx',
    digest: '',
    inputName: 'x',
    columns: 1,
    outputName: 'y',
    outputs: 1,
  };
  return { version, spec, bytes: Buffer.alloc(0) };
}

const unavailable = () =>
  new MeshError({ code: 'UNAVAILABLE', reason: 'PEER_UNAVAILABLE', message: 'it restarts' });

/** A sync whose registry tells what a test says, and what became of the fallback models. */
class Synced implements AsyncDisposable {
  readonly table = new RoutingTable();
  readonly loaded: number[] = [];
  readonly fetched: number[] = [];
  /** What a fetch of a version fails with. */
  readonly failures = new Map<number, MeshError>();
  /** What the load of a version waits for. */
  readonly gates = new Map<number, Promise<void>>();
  #listener: RegistryListener | undefined;
  #generation = 0;
  readonly #sync = new RoutingSync({
    table: this.table,
    sets: new VersionSets(new Map()),
    fetchSet: () => Promise.reject(unavailable()),
    feed: {
      follow: (listener) => {
        this.#listener = listener;
        return Promise.resolve();
      },
      fetch: async (model, version) => {
        this.fetched.push(version);
        const failure = this.failures.get(version);
        if (failure !== undefined) throw failure;
        return artifactOf(model, version);
      },
    },
    hosted: { read: () => Promise.resolve([]), close: () => undefined },
    fallbacks: {
      load: async (_, { version }) => {
        await this.gates.get(version);
        this.loaded.push(version);
      },
    },
    contracts: new Map(),
    clock: systemClock,
    onProblem: () => undefined,
    onStop: () => undefined,
  });

  static async start(): Promise<Synced> {
    const synced = new Synced();
    void synced.#sync.start();
    await eventually('it follows', () => synced.#listener !== undefined);
    return synced;
  }

  moveFallback(version: number): void {
    this.#generation += 1;
    const generation = this.#generation;
    this.#listener?.onAlias({ model: 'm', alias: 'fallback', version, generation });
  }

  get running(): number {
    return this.table.get('m').fallbackVersion;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sync.stop();
  }
}

describe('routing sync', () => {
  it('gives up a fallback version that could not be fetched when a newer one is wanted', async () => {
    await using synced = await Synced.start();
    synced.failures.set(1, unavailable());
    synced.moveFallback(1);
    await eventually('the first was tried', () => synced.fetched.length === 1);
    synced.moveFallback(2);
    await eventually('the second runs', () => synced.running === 2);
    synced.failures.clear();
    // The first would have been tried again by then.
    await systemClock.sleep(durationMs(1_300), new AbortController().signal);
    assert.deepEqual([synced.fetched, synced.loaded, synced.running], [[1, 2], [2], 2]);
  });

  it('ends with the newest fallback version when an older one takes long to load', async () => {
    await using synced = await Synced.start();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    synced.gates.set(1, gate);
    synced.moveFallback(1);
    await eventually('the first is fetched', () => synced.fetched.length === 1);
    synced.moveFallback(2);
    synced.moveFallback(3);
    open();
    await eventually('the newest runs', () => synced.running === 3);
    assert.deepEqual(synced.loaded, [1, 3]);
  });
});
