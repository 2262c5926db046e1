import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LmdbAnswerStore } from '../../services/feature/adapters/lmdb-answer-store.ts';
import { valueHashes } from '../../services/shared/compute/value-hash.ts';
import { answerRecord } from '../support/answer-record.ts';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

describe('parity of a running mesh', () => {
  let mesh: SmallFlights;
  let answered = 0;

  before(async () => {
    mesh = await startSmallFlights();
    await predict(50);
  });
  after(async () => {
    await mesh[Symbol.asyncDispose]();
  });

  const predict = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      await mesh.client.predict('flight-delay', askFlight());
      answered += 1;
    }
  };
  const features = (...args: readonly string[]) =>
    mlmeshBeside('features', ...args, '--data', mesh.data);
  const parity = async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await features('parity', '--json', ...args);
    assert.ok(stdout.startsWith('{'), stderr);
    return { status, found: JSON.parse(stdout) };
  };

  /** Makes the newest block of answers say that one value was one ulp larger, as a wrong service would have stamped it. */
  async function plantOneUlp(): Promise<void> {
    const store = new LmdbAnswerStore(join(mesh.data, 'feature', 'answers'), () => 0);
    try {
      const [newest] = store.newestFirst(Number.POSITIVE_INFINITY);
      assert.ok(newest);
      const block = newest.decode();
      const values = block.values.slice();
      const bits = new BigInt64Array(values.buffer);
      const cell = values.findIndex((value) => value !== 0);
      bits[cell] = (bits[cell] ?? 0n) + 1n;
      const stamps = valueHashes(block.rows, values, block.statuses);
      await store.append([answerRecord({ ...block, values, valueHashes: stamps })], 0);
    } finally {
      await store.close();
    }
  }

  it('is what `features parity` says: figures as JSON, a table for people, exit status 0', async () => {
    const { status, found } = await parity();
    assert.equal(status, 0);
    assert.ok(found.answers >= answered && found.cells === found.answers * 5);
    assert.equal(found.mismatches, 0);
    assert.ok(found.durationMs > 0);
    const text = await features('parity', '--limit', '10', '--feature-set', 'flight-delay');
    assert.equal(text.status, 0);
    assert.match(text.stdout, /answers +10 .*\ncells +50 .*\nmismatches +0 /);
    assert.match(text.stdout, /parity holds: online equals offline, bit for bit/);
  });

  it('is refused for a model, a time or a limit that make no sense, and says what does', async () => {
    const model = await features('parity', '--feature-set', 'weather');
    assert.equal(model.status, 1);
    assert.match(model.stderr, /wanted a model of this mesh \(flight-delay\), got 'weather'/);
    const limit = await features('parity', '--limit', '0');
    assert.equal(limit.status, 2);
    assert.match(limit.stderr, /--limit: wanted a whole number of 1 or more, got '0'/);
    const since = await features('parity', '--since', 'yesterday');
    assert.equal(since.status, 2);
    assert.match(since.stderr, /--since: wanted a time such as/);
  });

  it('is not claimed where nothing was audited: exit status 6', async () => {
    const { status, found } = await parity('--since', '2030-01-01');
    assert.deepEqual([status, found.answers], [6, 0]);
  });

  it('is explained event by event by `features diff`', async () => {
    const keys = ['flight-delay', 'origin=ORD', 'destination=LAX'];
    const at = ['--at', '2001-06-01T01:00Z'];
    const one = await features('diff', ...keys, ...at, '--feature', 'originFlights3h', '--json');
    assert.equal(one.status, 0, one.stderr);
    const { features: explained } = JSON.parse(one.stdout);
    assert.equal(explained.length, 1);
    const inWindow = explained[0].events.filter(
      (event: { readonly isInWindow: boolean }) => event.isInWindow,
    );
    assert.ok(inWindow.length > 0);
    assert.equal(inWindow.length, explained[0].recomputed.value);
    assert.deepEqual(explained[0].online, explained[0].recomputed);
    const all = await features('diff', ...keys, ...at);
    assert.match(
      all.stdout,
      /routeDelayStddev30d of ORD,LAX: .*\nwindow \[2001-05-02 01:00:00\.000, /,
    );
    assert.match(all.stdout, /recomputed at \(t, L\)/);
    const wrong = await features('diff', ...keys, ...at, '--feature', 'nope');
    assert.equal(wrong.status, 1);
    assert.match(
      wrong.stderr,
      /wanted a feature of the views of 'flight-delay' \(.*\), got 'nope'/,
    );
    const without = await features('diff', 'flight-delay', 'origin=ORD', ...at);
    assert.equal(without.status, 2);
    assert.match(
      without.stderr,
      /wanted all of origin, destination as key=value, got no destination/,
    );
    const timeless = await features('diff', ...keys);
    assert.match(timeless.stderr, /wanted the time of the answer as --at <time>/);
  });

  it('raises an alert, and exit status 5, for one ulp in one value', async () => {
    const fires = async () => {
      const { alerts } = await mesh.services.monitor.listAlerts({});
      return alerts.some(({ rule }) => rule === 'answer-parity');
    };
    // The monitor looks at new answers every 30 s: one that it has seen before the plant would not be looked at again, so another one follows.
    let plantedMs = Number.NEGATIVE_INFINITY;
    await eventually(
      'the alert fires',
      async () => {
        if (performance.now() - plantedMs > 3_000) {
          await predict(1);
          await features('parity', '--limit', '1', '--json'); // what waits is written
          await plantOneUlp();
          plantedMs = performance.now();
        }
        return await fires();
      },
      90_000,
    );
    const listed = await mlmeshBeside('alerts', '--json', '--data', mesh.data);
    assert.match(listed.stdout, /answer-parity/);
    const { status, found } = await parity();
    assert.equal(status, 5);
    assert.ok(found.mismatches > 0);
    assert.equal(found.examples[0].ulps, 1);
    const text = await features('parity');
    assert.equal(text.status, 5);
    assert.match(
      text.stdout,
      /parity is broken; `mlmesh features diff` explains a value event by event/,
    );
  });
});
