import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { EventBatch } from './event-batch.ts';
import { decodeWholeRecord, type EventRecord, readEventRecordHead } from './event-codec.ts';
import { EventIds } from './event-ids.ts';
import { Ingestor, type IngestSource, type LogAppend } from './ingestor.ts';

function events(...ids: readonly string[]): EventBatch {
  return eventsAt(ids, new Float64Array(ids.length));
}

function eventsAt(ids: readonly string[], ts: Float64Array): EventBatch {
  const city = { dictionary: ids, codes: Uint32Array.from(ids, (_, row) => row) };
  return {
    ids: { kind: 'texts', texts: ids },
    events: {
      rows: ids.length,
      ts,
      seq: new Float64Array(ids.length),
      numbers: new Map(),
      texts: new Map([['city', city]]),
      ids: [],
    },
  };
}

const s: IngestSource = { name: 's', keyColumns: ['city'], dropAfterMs: 10 };

/** An ingestor over a log in memory that writes when it is told to. */
function setUp(limits = { waitingRowsMax: 100, transactionRowsMax: 50 }) {
  const appends: LogAppend[] = [];
  const applied: EventRecord[] = [];
  const writes: { readonly finish: () => void; readonly fail: (error: Error) => void }[] = [];
  const ids = new EventIds({
    idPage: () => undefined,
    hasIdHash: () => false,
    position: () => undefined,
  });
  const ingestor = new Ingestor(
    {
      nowMs: () => 40,
      ids,
      newestTs: () => Number.NEGATIVE_INFINITY,
      append: (append) => {
        appends.push(append);
        return new Promise((finish, fail) => writes.push({ finish, fail }));
      },
      hold: () => Promise.resolve(() => undefined),
      apply: (record) => {
        applied.push(record);
        return Promise.resolve();
      },
    },
    limits,
    10,
  );
  return { ingestor, appends, applied, writes };
}

const inTime = { lateDropped: 0, lateAccepted: 0 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Ingestor', () => {
  it('writes what waits in one transaction, and acknowledges when it is durable and applied', async () => {
    const { ingestor, appends, applied, writes } = setUp();
    const first = ingestor.submit(s, events('1', '2'));
    const second = ingestor.submit(s, events('2', '3'));
    await turn();
    assert.equal(appends.length, 1);
    assert.deepEqual(
      appends[0]?.records.map(({ firstSeq }) => firstSeq),
      [11, 13],
    );
    assert.equal(applied.length, 0);
    writes[0]?.finish();
    assert.deepEqual(await first, { appended: 2, duplicates: 0, ...inTime, logOffset: 12 });
    assert.deepEqual(await second, { appended: 1, duplicates: 1, ...inTime, logOffset: 13 });
    assert.deepEqual(
      applied.map(({ events: { seq } }) => [...seq]),
      [[11, 12], [13]],
    );
  });

  it('writes nothing for a batch of known events', async () => {
    const { ingestor, appends, writes } = setUp();
    const first = ingestor.submit(s, events('1'));
    await turn();
    writes[0]?.finish();
    await first;
    assert.deepEqual(await ingestor.submit(s, events('1', '1')), {
      appended: 0,
      duplicates: 2,
      ...inTime,
      logOffset: 11,
    });
    assert.equal(appends.length, 1);
  });

  it('takes nothing of a transaction that failed, so that it can be sent again', async () => {
    const { ingestor, applied, writes } = setUp();
    const first = ingestor.submit(s, events('1'));
    await turn();
    writes[0]?.fail(new Error('disk'));
    await assert.rejects(first, /disk/);
    assert.equal(applied.length, 0);
    const again = ingestor.submit(s, events('1'));
    await turn();
    writes[1]?.finish();
    assert.deepEqual(await again, { appended: 1, duplicates: 0, ...inTime, logOffset: 11 });
  });

  it('judges late events in the order of the log, and writes down which it drops', async () => {
    const { ingestor, appends, applied, writes } = setUp();
    const first = ingestor.submit(s, eventsAt(['a', 'b', 'c'], Float64Array.of(100, 95, 89)));
    const second = ingestor.submit(s, eventsAt(['d', 'e'], Float64Array.of(90, 89)));
    await turn();
    writes[0]?.finish();
    assert.deepEqual(await first, {
      appended: 2,
      duplicates: 0,
      lateDropped: 1,
      lateAccepted: 1,
      logOffset: 13,
    });
    assert.deepEqual((await second).lateDropped, 1);
    assert.deepEqual(
      appends[0]?.records.map(({ bytes }) => [...(decodeWholeRecord(bytes).marks ?? [])]),
      [
        [0, 0, 1],
        [0, 1],
      ],
    );
    assert.deepEqual(
      applied.map(({ events: { seq } }) => [...seq]),
      [[11, 12], [14]],
    );
    assert.deepEqual(appends[0]?.newestTs, new Map([['s', 100]]));
    assert.equal(ingestor.newestTs('s'), 100);
  });

  it('moves the newest time with what is durable only', async () => {
    const { ingestor, writes } = setUp();
    const failed = ingestor.submit(s, eventsAt(['a'], Float64Array.of(1_000)));
    await turn();
    writes[0]?.fail(new Error('disk'));
    await assert.rejects(failed, /disk/);
    const early = ingestor.submit(s, eventsAt(['b'], Float64Array.of(5)));
    await turn();
    writes[1]?.finish();
    assert.equal((await early).appended, 1);
  });

  it('leaves the rest to the next transaction', async () => {
    const { ingestor, appends, writes } = setUp({ waitingRowsMax: 100, transactionRowsMax: 3 });
    const all = ['1', '2', '3', '4'].map((id) => ingestor.submit(s, events(id, `${id}x`)));
    for (let write = 0; write < 4; write += 1) {
      await turn();
      writes[write]?.finish();
    }
    await Promise.all(all);
    assert.deepEqual(
      appends.map(({ records }) => records.map(({ bytes }) => readEventRecordHead(bytes).rows)),
      [[2], [2], [2], [2]],
    );
  });

  it('refuses what does not fit into the queue', () => {
    const { ingestor } = setUp({ waitingRowsMax: 3, transactionRowsMax: 3 });
    void ingestor.submit(s, events('1', '2'));
    assert.throws(
      () => ingestor.submit(s, events('3', '4')),
      (error) => error instanceof MeshError && error.reason === 'QUEUE_FULL',
    );
  });

  it('waits while it is paused, and goes on behind what others wrote', async () => {
    const { ingestor, appends, writes } = setUp();
    const resume = await ingestor.pause();
    const waiting = ingestor.submit(s, events('1'));
    await turn();
    assert.equal(appends.length, 0);
    resume(500);
    await turn();
    writes[0]?.finish();
    assert.equal((await waiting).logOffset, 501);
  });
  it('pauses between two transactions, however much waits and comes', async () => {
    const { ingestor, writes } = setUp({ waitingRowsMax: 100, transactionRowsMax: 1 });
    const first = ingestor.submit(s, events('1'));
    const second = ingestor.submit(s, events('2'));
    await turn();
    const paused = ingestor.pause();
    writes[0]?.finish();
    await first;
    const third = ingestor.submit(s, events('3'));
    const resume = await paused;
    await turn();
    assert.equal(writes.length, 1);
    const pausedAgain = ingestor.pause();
    resume(20);
    const resumeAgain = await pausedAgain;
    await turn();
    assert.equal(writes.length, 1);
    resumeAgain(30);
    await turn();
    writes[1]?.finish();
    assert.equal((await second).logOffset, 31);
    await turn();
    writes[2]?.finish();
    assert.equal((await third).logOffset, 32);
  });
});
