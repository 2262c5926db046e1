import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../../test/support/eventually.ts';
import {
  dataFrames,
  openFrame,
  requestFrame,
  settingsFrame,
  WirePeer,
  widenFrame,
  wireFrame,
} from '../../../../test/support/http2-wire.ts';
import { answerWith, PlainServer } from '../../../../test/support/plain-http2.ts';
import { errorCodes } from './errors.ts';
import { frameFlags, frameTypes, settingIds, windowBytesMax } from './frames.ts';
import { encodeHeaders } from './hpack/encode-headers.ts';
import { stockWindowBytes } from './receive-limits.ts';

const kib = 1024;
const mib = kib * kib;
const { initialWindowSize, maxFrameSize } = settingIds;

/** A server that answers with so many bytes. */
function startWith(bytes: number): Promise<PlainServer> {
  const body = Buffer.alloc(bytes, 'x');
  return PlainServer.start({ answer: (request) => answerWith(request, body) });
}

/** Waits until so many bytes have come, and asserts that they are no more. */
async function assertBytes(peer: WirePeer, streamId: number, bytes: number): Promise<void> {
  await eventually(
    `${bytes} bytes have come on ${streamId}`,
    () => peer.dataBytes(streamId) >= bytes,
  );
  await peer.settle();
  assert.equal(peer.dataBytes(streamId), bytes);
}

describe('what a Connection sends', () => {
  it('waits for the windows of its peer, and comes whole', async () => {
    await using server = await startWith(200_000);
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1));
    await assertBytes(peer, 1, stockWindowBytes);
    peer.send(widenFrame(1, 100_000));
    await assertBytes(peer, 1, stockWindowBytes);
    peer.send(widenFrame(0, 1));
    await assertBytes(peer, 1, stockWindowBytes + 1);
    peer.send(widenFrame(0, 200_000));
    await assertBytes(peer, 1, stockWindowBytes + 100_000);
    peer.send(widenFrame(1, 1));
    await assertBytes(peer, 1, stockWindowBytes + 100_001);
    assert.equal(peer.isAnswered(1), false);
    peer.send(widenFrame(1, 200_000));
    await assertBytes(peer, 1, 200_000);
    assert.ok(peer.isAnswered(1));
    peer.destroy();
  });

  it('comes whole to a peer whose window grows byte by byte', async () => {
    await using server = await startWith(300);
    const peer = await WirePeer.open(server.port, [initialWindowSize, 0]);
    peer.send(requestFrame(1));
    await assertBytes(peer, 1, 0);
    assert.equal(peer.of(frameTypes.headers, 1).length, 1);
    for (let bytes = 0; bytes < 300; bytes += 1) peer.send(widenFrame(1, 1));
    await assertBytes(peer, 1, 300);
    assert.ok(peer.isAnswered(1));
    peer.destroy();
  });

  it('shares the window of the connection among all that wait', async () => {
    await using server = await startWith(mib);
    const peer = await WirePeer.open(server.port, [initialWindowSize, mib]);
    const ids = [1, 3, 5, 7];
    peer.send(...ids.map((id) => requestFrame(id)));
    await assertBytes(peer, 1, stockWindowBytes);
    peer.send(widenFrame(0, 640 * kib));
    const sum = () => ids.reduce((bytes, id) => bytes + peer.dataBytes(id), 0);
    await eventually('the window is used', () => sum() === stockWindowBytes + 640 * kib);
    for (const id of ids.slice(1)) {
      const share = peer.dataBytes(id) / kib;
      assert.ok(share >= 144 && share <= 176, `${share} KiB of 160 on stream ${id}`);
    }
    peer.send(widenFrame(0, 4 * mib));
    await eventually('all are answered', () => ids.every((id) => peer.isAnswered(id)));
    assert.ok(ids.every((id) => peer.dataBytes(id) === mib));
    peer.destroy();
  });

  it('waits for no stream whose own window is used up', async () => {
    await using server = await startWith(100_000);
    const peer = await WirePeer.open(server.port);
    peer.send(widenFrame(0, mib), requestFrame(1));
    await assertBytes(peer, 1, stockWindowBytes);
    peer.send(requestFrame(3), widenFrame(3, 100_000));
    await eventually('the second is answered', () => peer.isAnswered(3));
    assert.equal(peer.dataBytes(1), stockWindowBytes);
    peer.destroy();
  });

  it('follows a first window that shrinks and grows amid an answer', async () => {
    await using server = await startWith(200_000);
    const peer = await WirePeer.open(server.port);
    peer.send(widenFrame(0, mib), requestFrame(1));
    await assertBytes(peer, 1, stockWindowBytes);
    // 55,535 less than nothing is left.
    peer.send(settingsFrame([initialWindowSize, 10_000]), widenFrame(1, 55_535));
    await assertBytes(peer, 1, stockWindowBytes);
    peer.send(widenFrame(1, 1));
    await assertBytes(peer, 1, stockWindowBytes + 1);
    peer.send(settingsFrame([initialWindowSize, 30_000]));
    await assertBytes(peer, 1, stockWindowBytes + 20_001);
    peer.send(requestFrame(3));
    await assertBytes(peer, 3, 30_000);
    peer.send(settingsFrame([initialWindowSize, 0]), settingsFrame([initialWindowSize, mib]));
    await eventually('both are answered', () => [1, 3].every((id) => peer.isAnswered(id)));
    assert.deepEqual([peer.dataBytes(1), peer.dataBytes(3)], [200_000, 200_000]);
    peer.destroy();
  });

  it('is nothing while a window is less than nothing', async () => {
    await using server = await PlainServer.start({
      answer: ({ stream }) => {
        stream.respond(encodeHeaders([[':status', '200']]), false);
        stream.send(Buffer.alloc(60_000));
        stream.send(Buffer.alloc(100_000));
      },
    });
    const peer = await WirePeer.open(server.port);
    peer.send(widenFrame(0, mib), requestFrame(1));
    await assertBytes(peer, 1, stockWindowBytes);
    peer.send(settingsFrame([initialWindowSize, 0]), widenFrame(1, 1), widenFrame(0, 1));
    await assertBytes(peer, 1, stockWindowBytes);
    peer.send(widenFrame(1, stockWindowBytes));
    await assertBytes(peer, 1, stockWindowBytes + 1);
    peer.destroy();
  });

  it('comes in frames as large as the peer takes', async () => {
    await using server = await startWith(60_000);
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1));
    await assertBytes(peer, 1, 60_000);
    peer.send(widenFrame(0, mib), settingsFrame([maxFrameSize, 50_000]), requestFrame(3));
    await assertBytes(peer, 3, 60_000);
    const sizes = (id: number) => peer.of(frameTypes.data, id).map(({ payload }) => payload.length);
    assert.deepEqual(sizes(1), [16_384, 16_384, 16_384, 10_848, 0]);
    assert.deepEqual(sizes(3), [50_000, 10_000, 0]);
    peer.destroy();
  });

  it('resets the stream alone whose window is made too large, or grows by nothing', async () => {
    await using server = await startWith(10);
    const peer = await WirePeer.open(server.port);
    const most = widenFrame(1, windowBytesMax);
    peer.send(openFrame(1), most, openFrame(3), widenFrame(3, 0), requestFrame(5));
    await eventually('the other is answered', () => peer.isAnswered(5));
    assert.equal(peer.resetCode(1), errorCodes.flowControlError);
    assert.equal(peer.resetCode(3), errorCodes.protocolError);
    peer.send(openFrame(7), widenFrame(7, windowBytesMax - stockWindowBytes));
    await peer.settle();
    assert.equal(peer.resetCode(7), undefined);
    // One byte more for all is one too many for this one.
    peer.send(settingsFrame([initialWindowSize, stockWindowBytes + 1]));
    await peer.closed();
    assert.equal(peer.goAwayCode(), errorCodes.flowControlError);
  });

  it('fills no memory for a peer that reads nothing, and comes whole once it reads', async () => {
    await using server = await startWith(mib);
    const peer = await WirePeer.open(server.port, [initialWindowSize, 64 * mib]);
    const count = 48;
    peer.socket.pause();
    peer.send(widenFrame(0, windowBytesMax - stockWindowBytes));
    for (let at = 0; at < count; at += 1) peer.send(requestFrame(2 * at + 1));
    await eventually('all requests came', () => server.requests.length === count);
    await delay(200);
    const [socket] = server.sockets;
    const bytes = socket?.writableLength ?? 0;
    assert.ok(bytes > 256 * kib && bytes < 1.5 * mib, `${bytes} bytes wait`);
    const others = await WirePeer.open(server.port);
    others.send(requestFrame(1));
    await assertBytes(others, 1, stockWindowBytes);
    peer.socket.resume();
    const isWhole = () =>
      server.requests.slice(0, count).every(({ closes }) => closes.length === 1);
    await eventually('all were answered', isWhole);
    await eventually('all are read', () => peer.isAnswered(2 * count - 1));
    for (let at = 0; at < count; at += 1) assert.equal(peer.dataBytes(2 * at + 1), mib);
    for (const one of [peer, others]) one.destroy();
  });

  it('reads no more requests of a peer that reads no headers, and all once it does', async () => {
    const headers = encodeHeaders([
      [':status', '200'],
      ['x-large', 'x'.repeat(60_000)],
    ]);
    await using server = await PlainServer.start({
      answer: ({ stream }) => stream.respond(headers, true),
    });
    const peer = await WirePeer.open(server.port);
    const count = 1_000;
    peer.socket.pause();
    for (let at = 0; at < count; at += 1) {
      peer.send(requestFrame(2 * at + 1));
      if (at % 50 === 0) await delay(1);
    }
    await delay(500);
    const [socket] = server.sockets;
    assert.ok(server.requests.length < count, 'the server went on');
    assert.ok((socket?.writableLength ?? 0) < 16 * mib, `${socket?.writableLength} bytes wait`);
    peer.socket.resume();
    await eventually('all are answered', () => peer.isAnswered(2 * count - 1));
    assert.equal(server.requests.length, count);
    peer.destroy();
  });
});

describe('what a Connection takes', () => {
  const limits = { streamBytesMax: 512 * kib, connectionBytesMax: 2 * mib };
  const startDeaf = () => PlainServer.start({ receive: limits, take: () => {} });

  const acknowledgement = settingsFrame();
  acknowledgement[4] = frameFlags.ack;

  /** The first window that a peer was told last. */
  function firstWindow(peer: WirePeer): number {
    let first = stockWindowBytes;
    for (const { payload } of peer.of(frameTypes.settings)) {
      for (let at = 0; at < payload.length; at += 6) {
        if (payload.readUInt16BE(at) === initialWindowSize) first = payload.readUInt32BE(at + 2);
      }
    }
    return first;
  }

  /** Bytes that a stream may send still, as its peer knows it. */
  function windowOf(peer: WirePeer, streamId: number, sentBytes: number): number {
    const widened = peer.of(frameTypes.windowUpdate, streamId);
    const bytes = widened.reduce((sum, { payload }) => sum + payload.readUInt32BE(), 0);
    return firstWindow(peer) + bytes - sentBytes;
  }

  it('is as much as it says, and what is more resets the stream alone', async () => {
    await using server = await startDeaf();
    const peer = await WirePeer.open(server.port);
    await peer.settle();
    assert.equal(windowOf(peer, 1, 0), limits.streamBytesMax);
    peer.send(openFrame(1), openFrame(3));
    peer.send(...dataFrames(1, limits.streamBytesMax));
    peer.send(...dataFrames(3, limits.streamBytesMax));
    await peer.settle();
    assert.equal(peer.resetCode(1), undefined);
    peer.send(...dataFrames(1, 1), requestFrame(5));
    await eventually('another is answered', () => peer.isAnswered(5));
    assert.equal(peer.resetCode(1), errorCodes.flowControlError);
    assert.equal(peer.resetCode(3), undefined);
    assert.equal(server.requests[1]?.bytes, limits.streamBytesMax);
    peer.destroy();
  });

  it('is given back once it is half of a window', async () => {
    await using server = await PlainServer.start({ receive: limits });
    const peer = await WirePeer.open(server.port);
    const half = limits.streamBytesMax / 2;
    peer.send(openFrame(1), ...dataFrames(1, half - 1));
    await peer.settle();
    assert.equal(peer.of(frameTypes.windowUpdate, 1).length, 0);
    peer.send(...dataFrames(1, 1));
    await peer.settle();
    assert.equal(windowOf(peer, 1, half), limits.streamBytesMax);
    peer.destroy();
  });

  it('is given back also where it is padding', async () => {
    await using server = await PlainServer.start({ receive: limits });
    const peer = await WirePeer.open(server.port);
    const frame = wireFrame(frameTypes.data, frameFlags.padded, 1, Buffer.alloc(256, 0xff));
    peer.send(openFrame(1), Buffer.alloc(frame.length * 1_024, frame));
    await peer.settle();
    assert.equal(windowOf(peer, 1, limits.streamBytesMax / 2), limits.streamBytesMax);
    assert.equal(server.requests[0]?.bytes, 0);
    peer.destroy();
  });

  it('lets a peer go on whose window shrinks while bytes are credited that it was not told of', async () => {
    await using server = await PlainServer.start({ receive: limits });
    const peer = await WirePeer.open(server.port);
    const sentBytes = 100_000;
    peer.send(acknowledgement, openFrame(1), ...dataFrames(1, sentBytes));
    const ids = Array.from({ length: 40 }, (_, at) => 3 + 2 * at);
    peer.send(...ids.map((id) => openFrame(id)));
    await peer.settle();
    // First it is told of half, for the streams that came first, and then of less.
    peer.send(acknowledgement);
    await peer.settle();
    assert.equal(windowOf(peer, 1, sentBytes), stockWindowBytes - sentBytes);
    peer.send(acknowledgement);
    await peer.settle();
    assert.equal(windowOf(peer, 1, sentBytes), stockWindowBytes);
    // All that the peer thinks it may send is taken.
    for (const [at, id] of [1, ...ids].entries()) {
      peer.send(...dataFrames(id, windowOf(peer, id, at === 0 ? sentBytes : 0)));
    }
    await peer.settle();
    assert.equal(peer.of(frameTypes.rstStream).length, 0);
    peer.destroy();
  });

  it('is held to the old window until the peer says that it took the new one', async () => {
    await using server = await startDeaf();
    const peer = await WirePeer.open(server.port);
    peer.send(acknowledgement, ...Array.from({ length: 5 }, (_, at) => openFrame(2 * at + 1)));
    await peer.settle();
    assert.equal(windowOf(peer, 1, 0), limits.streamBytesMax / 2);
    peer.send(...dataFrames(1, limits.streamBytesMax));
    await peer.settle();
    assert.equal(peer.resetCode(1), undefined);
    peer.send(acknowledgement, ...dataFrames(3, limits.streamBytesMax / 2), ...dataFrames(3, 1));
    await peer.settle();
    assert.equal(peer.resetCode(3), errorCodes.flowControlError);
    peer.destroy();
  });

  it('is all that a client of Node sends, both ways at once', async () => {
    await using server = await PlainServer.start({
      answer: (request) => answerWith(request, Buffer.alloc(request.bytes, 'y')),
    });
    const client = connect(`http://127.0.0.1:${server.port}`);
    const body = Buffer.alloc(3 * mib);
    const lengths = await Promise.all(
      Array.from({ length: 12 }, async (_, at) => {
        const stream = client.request({ ':method': 'POST', ':path': '/' });
        stream.end(body.subarray(0, body.length - at));
        let bytes = 0;
        stream.on('data', (piece: Buffer) => {
          bytes += piece.length;
        });
        await once(stream, 'close');
        return bytes + at;
      }),
    );
    assert.deepEqual(
      lengths,
      lengths.map(() => body.length),
    );
    client.destroy();
  });
});
