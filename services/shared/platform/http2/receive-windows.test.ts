import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settingIds } from './frames.ts';
import { stockWindowBytes } from './receive-limits.ts';
import { ReceiveWindows } from './receive-windows.ts';

const kib = 1024;
const mib = kib * kib;
const limits = { streamBytesMax: mib, connectionBytesMax: 8 * mib, frameBytesMax: 16_384 };

/** Windows, and what their connection was told. */
function started() {
  const told = { windows: [] as number[], connection: 0, deltas: [] as number[], silences: 0 };
  const windows = new ReceiveWindows(limits, {
    settings: (values) => {
      const [, bytes = -1] = values.find(([id]) => id === settingIds.initialWindowSize) ?? [];
      told.windows.push(bytes);
    },
    windowUpdate: (streamId, bytes) => {
      assert.equal(streamId, 0);
      told.connection += bytes;
    },
    onStreamWindows: (delta) => told.deltas.push(delta),
    onSilence: () => {
      told.silences += 1;
    },
  });
  windows.open([]);
  return { windows, told };
}

describe('ReceiveWindows', () => {
  it('counts a larger window at once, and a smaller one when the peer has taken it', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { windows, told } = started();
    assert.equal(windows.streamBytes, mib);
    assert.deepEqual(told.deltas, [mib - stockWindowBytes]);
    windows.onAcknowledged(0);
    windows.adjust(16);
    assert.deepEqual(told.windows, [mib, mib / 2]);
    assert.equal(windows.streamBytes, mib);
    windows.onAcknowledged(16);
    assert.equal(windows.streamBytes, mib / 2);
    assert.deepEqual(told.deltas, [mib - stockWindowBytes, -mib / 2]);
    windows.adjust(1);
    assert.equal(windows.streamBytes, mib);
    windows.close();
  });

  it('tells one window at a time, and the latest after that', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { windows, told } = started();
    for (const streams of [16, 100, 40]) windows.adjust(streams);
    assert.deepEqual(told.windows, [mib]);
    windows.onAcknowledged(40);
    assert.deepEqual(told.windows, [mib, 128 * kib]);
    windows.onAcknowledged(40);
    windows.onAcknowledged(40);
    assert.deepEqual(told.windows, [mib, 128 * kib]);
    windows.close();
  });

  it('says so where the peer takes no window for 20 s, each time', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { windows, told } = started();
    t.mock.timers.tick(19_000);
    windows.onAcknowledged(0);
    t.mock.timers.tick(60_000);
    assert.equal(told.silences, 0);
    windows.adjust(100);
    t.mock.timers.tick(19_999);
    assert.equal(told.silences, 0);
    t.mock.timers.tick(1);
    assert.equal(told.silences, 1);
  });

  it('waits for nothing once it is closed', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { windows, told } = started();
    windows.close();
    t.mock.timers.tick(60_000);
    assert.equal(told.silences, 0);
  });

  it('gives the window of the connection back once half of it is used', () => {
    const { windows, told } = started();
    const most = 16 * mib;
    assert.equal(told.connection, most - stockWindowBytes);
    assert.ok(windows.take(most / 2));
    assert.equal(told.connection, most - stockWindowBytes);
    assert.ok(windows.take(1));
    assert.equal(told.connection, most - stockWindowBytes + most / 2 + 1);
    assert.equal(windows.take(most + 1), false);
    windows.close();
  });
});
