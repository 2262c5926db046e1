import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../../test/support/eventually.ts';
import {
  dataFrames,
  openFrame,
  requestFrame,
  settingsFrame,
  uint32Bytes,
  WirePeer,
  widenFrame,
  wireFrame,
} from '../../../../test/support/http2-wire.ts';
import {
  answerWith,
  type PlainRequest,
  PlainServer,
} from '../../../../test/support/plain-http2.ts';
import { errorCodes } from './errors.ts';
import { frameFlags, frameTypes, streamIdMax } from './frames.ts';
import { encodeHeaders } from './hpack/encode-headers.ts';

const mib = 1024 * 1024;
const { ack, endHeaders, endStream } = frameFlags;
const goodbye = Buffer.from('goodbye!');
const pong = wireFrame(frameTypes.ping, ack, 0, goodbye);

/** A server that answers when it is told to. */
function startHolding(): Promise<PlainServer> {
  return PlainServer.start({ answer: () => {} });
}

function requestAt(server: PlainServer, at: number): PlainRequest {
  const found = server.requests[at];
  assert.ok(found !== undefined);
  return found;
}

/** Streams that the peer was told are served, each time. */
function farewells(peer: WirePeer): number[] {
  return peer.of(frameTypes.goaway).map(({ payload }) => payload.readUInt32BE());
}

function hasGoodbye(peer: WirePeer): boolean {
  return peer
    .of(frameTypes.ping)
    .some(({ flags, payload }) => flags === 0 && payload.equals(goodbye));
}

/** Answers all, with much until more waits than the system keeps for a peer that reads nothing. */
async function answerUntilFull({ requests, sockets }: PlainServer): Promise<void> {
  const [socket] = sockets;
  const isFull = (): boolean => (socket?.writableLength ?? 0) > mib / 2;
  for (const request of requests) {
    answerWith(request, Buffer.alloc(isFull() ? 4 : 64_000));
    await delay(1);
  }
  assert.ok(isFull());
}

describe('the drain of a Connection', () => {
  it('says twice that it goes, and ends at once where nothing is under way', async () => {
    await using server = await startHolding();
    const peer = await WirePeer.open(server.port);
    await peer.settle();
    server.connections.drain();
    server.connections.drain();
    await eventually('it asks', () => hasGoodbye(peer));
    peer.send(wireFrame(frameTypes.ping, ack, 0, Buffer.from('another.')));
    await peer.settle();
    assert.deepEqual(farewells(peer), [streamIdMax]);
    peer.send(pong);
    await peer.closed();
    assert.deepEqual(farewells(peer), [streamIdMax, 0]);
    assert.equal(peer.goAwayCode(), errorCodes.noError);
  });

  it('answers what is under way, and what was on its way', async () => {
    await using server = await startHolding();
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1), openFrame(3));
    await peer.settle();
    server.connections.drain();
    await eventually('it asks', () => hasGoodbye(peer));
    peer.send(requestFrame(5), pong);
    await eventually('it has said which are served', () => farewells(peer).length === 2);
    assert.deepEqual(farewells(peer), [streamIdMax, 5]);
    peer.send(...dataFrames(3, 100), wireFrame(frameTypes.data, endStream, 3));
    await eventually('the second is whole', () => requestAt(server, 1).isWhole);
    for (const request of server.requests) {
      assert.equal(peer.isClosed, false);
      answerWith(request, Buffer.from('late'));
    }
    await peer.closed();
    assert.ok([1, 3, 5].every((id) => peer.isAnswered(id)));
  });

  it('serves nothing that comes after it, and whatever comes of that harms no other', async () => {
    await using server = await startHolding();
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1));
    await peer.settle();
    server.connections.drain();
    peer.send(pong);
    await eventually('it has said which are served', () => farewells(peer).length === 2);
    const trailers = encodeHeaders([['a', 'b']]);
    peer.send(
      openFrame(3),
      ...dataFrames(3, 100),
      wireFrame(frameTypes.headers, endHeaders | endStream, 3, trailers),
      widenFrame(3, 100),
      openFrame(5),
      wireFrame(frameTypes.rstStream, 0, 5, uint32Bytes(8)),
    );
    await peer.settle();
    assert.equal(server.requests.length, 1);
    assert.equal(peer.of(frameTypes.rstStream).length, 0);
    answerWith(requestAt(server, 0), Buffer.from('late'));
    await peer.closed();
    assert.ok(peer.isAnswered(1));
    assert.equal(farewells(peer).length, 2);
  });

  it('leaves a peer that does not answer its ping after a second', async () => {
    await using server = await startHolding();
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1));
    await peer.settle();
    const begunAt = performance.now();
    server.connections.drain();
    await eventually('it has said which are served', () => farewells(peer).length === 2);
    assert.ok(performance.now() - begunAt >= 900);
    assert.deepEqual(farewells(peer), [streamIdMax, 1]);
    answerWith(requestAt(server, 0), Buffer.from('late'));
    await peer.closed();
    assert.ok(peer.isAnswered(1));
  });

  for (const [what, meanwhile] of Object.entries({
    nothing: Buffer.alloc(0),
    'its own end': undefined,
    'what is to be answered': Buffer.concat([
      wireFrame(frameTypes.ping, 0, 0, Buffer.alloc(8)),
      settingsFrame(),
      wireFrame(frameTypes.data, 0, 1, Buffer.alloc(1)),
    ]),
    'what is no HTTP/2': wireFrame(frameTypes.headers, endHeaders, 1, Buffer.alloc(100_000)),
  })) {
    it(`loses no answer that its peer reads late and that sends ${what} meanwhile`, async () => {
      await using server = await startHolding();
      const peer = await WirePeer.open(server.port);
      const ids = Array.from({ length: 400 }, (_, at) => 2 * at + 1);
      peer.send(widenFrame(0, 64 * mib), ...ids.map((id) => requestFrame(id)));
      await peer.settle();
      server.connections.drain();
      peer.send(pong);
      await eventually('it has said which are served', () => farewells(peer).length === 2);
      peer.socket.pause();
      await answerUntilFull(server);
      if (meanwhile === undefined) peer.socket.end();
      else peer.send(meanwhile);
      await delay(1_500); // longer than a peer has that has read all
      peer.socket.resume();
      await peer.closed();
      assert.deepEqual(
        ids.filter((id) => !peer.isAnswered(id)),
        [],
      );
    });
  }

  it('is that of a connection too that comes after it', async () => {
    await using server = await startHolding();
    server.connections.drain();
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1), pong);
    await eventually('it has said which are served', () => farewells(peer).length === 2);
    answerWith(requestAt(server, 0), Buffer.from('late'));
    await peer.closed();
    assert.ok(peer.isAnswered(1));
  });
});

describe('the end of a Connection', () => {
  it('is at once where it is destroyed, and each consumer learns of it once', async () => {
    await using server = await startHolding();
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1), openFrame(3));
    await peer.settle();
    server.connections.destroy();
    assert.deepEqual(
      server.requests.map(({ closes }) => closes),
      [[errorCodes.cancel], [errorCodes.cancel]],
    );
    await peer.closed();
    answerWith(requestAt(server, 0), Buffer.from('too late'));
    requestAt(server, 1).stream.reset(errorCodes.cancel);
    assert.equal(peer.isAnswered(1), false);
    assert.ok(server.requests.every(({ closes }) => closes.length === 1));
  });

  it('is not that of others where data comes after the end of a request', async () => {
    await using server = await startHolding();
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1), requestFrame(3), ...dataFrames(1, 10));
    await peer.settle();
    assert.equal(peer.resetCode(1), errorCodes.streamClosed);
    assert.deepEqual(
      server.requests.map(({ closes }) => closes),
      [[errorCodes.streamClosed], []],
    );
    assert.equal(requestAt(server, 0).bytes, 0);
    peer.destroy();
  });

  it('frees the memory of what waited for it', async () => {
    await using server = await startHolding();
    const peer = await WirePeer.open(server.port);
    peer.send(requestFrame(1));
    await peer.settle();
    const [request] = server.requests;
    assert.ok(request !== undefined);
    answerWith(request, Buffer.alloc(mib));
    assert.equal(request.stream.isWaiting, true);
    peer.destroy();
    await eventually('it is over', () => request.closes.length > 0);
    assert.equal(request.stream.isWaiting, false);
  });
});

describe('a Connection with a peer that makes work of nothing', () => {
  // So many that a slow machine, on which 10,000 more are allowed each second, takes too many as well.
  const flooding = 150_000;
  const many = (frame: Uint8Array): Buffer => Buffer.alloc(frame.length * flooding, frame);
  const reset = (id: number) => wireFrame(frameTypes.rstStream, 0, id, uint32Bytes(8));
  const ping = wireFrame(frameTypes.ping, 0, 0, Buffer.alloc(8));
  const requests = (then: (id: number) => readonly Buffer[]): Buffer =>
    Buffer.concat(Array.from({ length: flooding }, (_, at) => then(2 * at + 3)).flat());
  const floods: Readonly<Record<string, () => Buffer>> = {
    'requests that are reset at once': () => requests((id) => [openFrame(id), reset(id)]),
    'requests that are none': () =>
      requests((id) => [wireFrame(frameTypes.headers, endHeaders | endStream, id)]),
    pings: () => many(ping),
    'answers to no ping': () => many(wireFrame(frameTypes.ping, ack, 0, Buffer.alloc(8))),
    settings: () => many(settingsFrame()),
    acknowledgements: () => many(wireFrame(frameTypes.settings, ack, 0)),
    'data without bytes': () => many(wireFrame(frameTypes.data, 0, 1)),
    'data of padding alone': () =>
      many(wireFrame(frameTypes.data, frameFlags.padded, 1, Buffer.alloc(1))),
    priorities: () => many(wireFrame(frameTypes.priority, 0, 7, Buffer.alloc(5))),
    'frames that nobody knows': () => many(wireFrame(200, 0, 1, Buffer.alloc(1))),
    'data for streams that are over': () =>
      Buffer.concat([reset(1), many(wireFrame(frameTypes.data, 0, 1, Buffer.alloc(1)))]),
  };
  for (const [what, flood] of Object.entries(floods)) {
    it(`leaves it at ${what}`, async () => {
      await using server = await startHolding();
      const peer = await WirePeer.open(server.port);
      peer.send(openFrame(1), flood());
      await peer.closed();
      assert.equal(peer.goAwayCode(), errorCodes.enhanceYourCalm);
      for (const { closes } of server.requests) assert.equal(closes.length, 1);
    });
  }

  it('serves one that does a little of it', async () => {
    await using server = await PlainServer.start();
    const peer = await WirePeer.open(server.port);
    peer.send(Buffer.alloc(ping.length * 10_000, ping), requestFrame(1));
    await eventually('it is answered', () => peer.isAnswered(1));
    assert.equal(peer.of(frameTypes.ping).length, 10_000);
    peer.destroy();
  });
});
