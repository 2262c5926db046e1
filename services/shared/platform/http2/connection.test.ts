import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
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
import { clientPreface, frameFlags, frameTypes, settingIds } from './frames.ts';
import { encodeHeaders } from './hpack/encode-headers.ts';

const { endStream, endHeaders, ack, padded, priority } = frameFlags;
const { protocolError, streamClosed, enhanceYourCalm, frameSizeError } = errorCodes;
const { flowControlError, compressionError, cancel, noError } = errorCodes;
const whole = endStream | endHeaders;
const request: readonly (readonly [string, string])[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
];

describe('Connection', () => {
  let server: PlainServer;

  before(async () => {
    server = await PlainServer.start();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  const latest = (): PlainRequest => {
    const found = server.requests.at(-1);
    assert.ok(found !== undefined);
    return found;
  };

  it('says its settings, and acknowledges those of its peer and its pings', async () => {
    const peer = await WirePeer.open(server.port);
    peer.send(wireFrame(frameTypes.ping, 0, 0, Buffer.from('a ping.!')));
    await peer.settle();
    const [own, acknowledged] = peer.of(frameTypes.settings);
    assert.equal(peer.frames[0], own);
    assert.ok(own !== undefined && own.flags === 0 && own.payload.length % 6 === 0);
    assert.ok(acknowledged?.flags === ack && acknowledged.payload.length === 0);
    const [pong] = peer.of(frameTypes.ping);
    assert.ok(pong?.flags === ack && pong.payload.toString() === 'a ping.!');
    peer.destroy();
  });

  it('answers requests, also without a body, with trailers, and in many frames', async () => {
    const peer = await WirePeer.open(server.port);
    const block = encodeHeaders(request);
    const trailers = encodeHeaders([['x-sum', '1']]);
    const prioritized = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 9]), block, Buffer.alloc(2)]);
    peer.send(
      requestFrame(1),
      openFrame(3, ['content-length', '20000']),
      ...dataFrames(3, 20_000),
      wireFrame(frameTypes.headers, whole, 3, trailers),
      wireFrame(frameTypes.headers, endStream, 5, block.subarray(0, 1)),
      wireFrame(frameTypes.continuation, 0, 5, block.subarray(1, 2)),
      wireFrame(frameTypes.continuation, endHeaders, 5, block.subarray(2)),
      wireFrame(frameTypes.headers, whole | padded | priority, 7, prioritized),
    );
    await eventually('all are answered', () => [1, 3, 5, 7].every((id) => peer.isAnswered(id)));
    for (const id of [1, 3, 5, 7]) assert.equal(peer.dataBytes(id), 12);
    assert.deepEqual(server.requests.at(-3)?.bytes, 20_000);
    for (const { closes } of server.requests.slice(-4)) assert.deepEqual(closes, [noError]);
    peer.destroy();
  });

  describe('with a request that HTTP/2 does not allow', () => {
    const line = encodeHeaders(request);
    const field = (name: string, value: string) => encodeHeaders([[name, value]]);
    const malformed: Readonly<Record<string, Buffer>> = {
      'no method': encodeHeaders(request.slice(1)),
      'no path': encodeHeaders(request.slice(0, 2)),
      'an empty path': Buffer.concat([encodeHeaders(request.slice(0, 2)), field(':path', '')]),
      'two methods': Buffer.concat([line, field(':method', 'POST')]),
      'a status': Buffer.concat([line, field(':status', '200')]),
      'a path after other headers': Buffer.concat([
        encodeHeaders([...request.slice(0, 2), ['a', 'b'], [':path', '/']]),
      ]),
      'a name in upper case': Buffer.concat([line, field('Name', 'x')]),
      'a name with a space': Buffer.concat([line, field('na me', 'x')]),
      'a value with a line break': Buffer.concat([line, field('name', 'a\r\nb: c')]),
      'a header of connections': Buffer.concat([line, field('connection', 'close')]),
      'another te than trailers': Buffer.concat([line, field('te', 'gzip')]),
      'less data than it says': Buffer.concat([line, field('content-length', '1')]),
    };
    for (const [what, block] of Object.entries(malformed)) {
      it(`resets the stream alone at ${what}`, async () => {
        const peer = await WirePeer.open(server.port);
        peer.send(wireFrame(frameTypes.headers, whole, 1, block), requestFrame(3));
        await eventually('the other is answered', () => peer.isAnswered(3));
        assert.equal(peer.resetCode(1), protocolError);
        assert.equal(peer.goAwayCode(), undefined);
        peer.destroy();
      });
    }

    it('resets the stream alone whose headers are too many or too large, and reads on', async () => {
      const peer = await WirePeer.open(server.port);
      const many = Array.from({ length: 129 }, (_, at) => [`x-${at}`, ''] as const);
      // A field of 4,000 bytes, kept, and then named 20 times.
      const kept = Buffer.concat([
        encodeHeaders(request),
        Buffer.from('4001787fa11e', 'hex'),
        Buffer.alloc(4_000, 'y'),
      ]);
      const large = Buffer.concat([kept, Buffer.alloc(20, 0xbe)]);
      peer.send(
        requestFrame(1, ...many),
        wireFrame(frameTypes.headers, endHeaders, 3, large),
        ...dataFrames(3, 100),
        wireFrame(frameTypes.headers, whole, 5, Buffer.concat([line, Buffer.from([0xbe])])),
        requestFrame(7, ...many.slice(1)),
      );
      await eventually('the others are answered', () => [5, 7].every((id) => peer.isAnswered(id)));
      assert.deepEqual(
        [1, 3].map((id) => peer.resetCode(id)),
        [enhanceYourCalm, enhanceYourCalm],
      );
      assert.equal(server.requests.at(-2)?.stream.headers.get('x')?.length, 4_000);
      assert.equal(peer.goAwayCode(), undefined);
      peer.destroy();
    });
  });

  describe('with a frame that it can not go on after', () => {
    const { data, headers, rstStream, ping, pushPromise, goaway, continuation } = frameTypes;
    const { windowUpdate, settings } = frameTypes;
    const none = Buffer.alloc(0);
    const faults: Readonly<Record<string, readonly [number, ...Buffer[]]>> = {
      'data for a stream that has not begun': [protocolError, wireFrame(data, 0, 1)],
      'data for no stream': [protocolError, wireFrame(data, 0, 0)],
      'a reset of a stream that has not begun': [
        protocolError,
        wireFrame(rstStream, 0, 1, uint32Bytes(8)),
      ],
      'a window of a stream that has not begun': [protocolError, widenFrame(1, 1)],
      'a window that grows by nothing': [protocolError, widenFrame(0, 0)],
      'a window of 2 GiB': [flowControlError, widenFrame(0, 2 ** 31 - 1)],
      'headers of an even stream': [protocolError, requestFrame(2)],
      'headers of a stream that is over': [streamClosed, requestFrame(1), requestFrame(1)],
      'headers of a stream that was left out': [streamClosed, requestFrame(3), requestFrame(1)],
      'headers for no stream': [protocolError, wireFrame(headers, whole, 0, none)],
      'headers with more padding than bytes': [
        protocolError,
        wireFrame(headers, whole | padded, 1, Buffer.from([4, 0, 0])),
      ],
      'headers without all of their priority': [
        protocolError,
        wireFrame(headers, whole | priority, 1, Buffer.alloc(4)),
      ],
      'headers that are no HPACK': [
        compressionError,
        wireFrame(headers, whole, 1, Buffer.from([0x80])),
      ],
      'another frame amid headers': [
        protocolError,
        wireFrame(headers, endStream, 1, none),
        wireFrame(ping, 0, 0, Buffer.alloc(8)),
      ],
      'data amid headers': [
        protocolError,
        openFrame(1),
        wireFrame(headers, 0, 3, none),
        wireFrame(data, 0, 1),
      ],
      'headers that go on for another stream': [
        protocolError,
        wireFrame(headers, endStream, 1, none),
        wireFrame(continuation, endHeaders, 3, none),
      ],
      'headers that go on and had not begun': [protocolError, wireFrame(continuation, 4, 1, none)],
      'headers that go on for ever': [
        enhanceYourCalm,
        wireFrame(headers, endStream, 1, none),
        ...Array.from({ length: 9 }, () => wireFrame(continuation, 0, 1, none)),
      ],
      'headers of more than 64 KiB': [
        enhanceYourCalm,
        ...[headers, ...Array(4).fill(continuation)].map((type: number) =>
          wireFrame(type, 0, 1, Buffer.alloc(16_384)),
        ),
      ],
      'a promise': [protocolError, wireFrame(pushPromise, 4, 1, Buffer.alloc(4))],
      'a ping of 7 bytes': [frameSizeError, wireFrame(ping, 0, 0, Buffer.alloc(7))],
      'a ping of a stream': [protocolError, wireFrame(ping, 0, 1, Buffer.alloc(8))],
      'a reset of 3 bytes': [
        frameSizeError,
        openFrame(1),
        wireFrame(rstStream, 0, 1, Buffer.alloc(3)),
      ],
      'a window of 3 bytes': [frameSizeError, wireFrame(windowUpdate, 0, 0, Buffer.alloc(3))],
      'a farewell of 7 bytes': [frameSizeError, wireFrame(goaway, 0, 0, Buffer.alloc(7))],
      'settings of a stream': [protocolError, wireFrame(settings, 0, 1)],
      'settings of 5 bytes': [frameSizeError, wireFrame(settings, 0, 0, Buffer.alloc(5))],
      'an acknowledgement with bytes': [
        frameSizeError,
        wireFrame(settings, ack, 0, Buffer.alloc(6)),
      ],
      'more than 32 settings': [
        enhanceYourCalm,
        settingsFrame(...Array.from({ length: 33 }, (_, at) => [100 + at, 0] as const)),
      ],
      'a push that is neither on nor off': [
        protocolError,
        settingsFrame([settingIds.enablePush, 2]),
      ],
      'a first window of 2 GiB': [
        flowControlError,
        settingsFrame([settingIds.initialWindowSize, 2 ** 31]),
      ],
      'frames of 16,383 bytes': [protocolError, settingsFrame([settingIds.maxFrameSize, 16_383])],
      'frames of 16 MiB': [protocolError, settingsFrame([settingIds.maxFrameSize, 2 ** 24])],
      'data larger than its limit': [
        frameSizeError,
        openFrame(1),
        wireFrame(data, 0, 1, Buffer.alloc(256 * 1024 + 1)),
      ],
    };
    for (const [what, [code, ...frames]] of Object.entries(faults)) {
      it(`says why and closes at ${what}`, async () => {
        const peer = await WirePeer.open(server.port);
        await peer.settle();
        peer.send(...frames);
        await peer.closed();
        assert.equal(peer.goAwayCode(), code);
      });
    }

    it('serves nothing that comes after it', async () => {
      const before = server.requests.length;
      const peer = await WirePeer.open(server.port);
      peer.send(widenFrame(0, 0), requestFrame(1), ...dataFrames(1, 100), widenFrame(0, 0));
      await peer.closed();
      assert.equal(server.requests.length, before);
      assert.equal(peer.of(frameTypes.goaway).length, 1);
    });

    it('says why and closes where it is no HTTP/2, or does not begin with settings', async () => {
      const one = await WirePeer.silent(server.port);
      one.send(Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n'));
      const two = await WirePeer.silent(server.port);
      two.send(clientPreface, requestFrame(1));
      await Promise.all([one.closed(), two.closed()]);
      assert.deepEqual([one.goAwayCode(), two.goAwayCode()], [protocolError, protocolError]);
    });
  });

  describe('and the end of a stream', () => {
    it('tells its consumer once of a reset of the peer', async () => {
      const peer = await WirePeer.open(server.port);
      const reset = wireFrame(frameTypes.rstStream, 0, 1, uint32Bytes(cancel));
      peer.send(openFrame(1), reset, reset);
      await peer.settle();
      assert.deepEqual(latest().closes, [cancel]);
      assert.equal(latest().isWhole, false);
      peer.destroy();
    });

    it('tells the consumer of each once when the socket closes', async () => {
      const from = server.requests.length;
      const peer = await WirePeer.open(server.port);
      peer.send(...[1, 3, 5].map((id) => openFrame(id)), requestFrame(7, ['a', 'b']));
      await peer.settle();
      peer.destroy();
      const all = () => server.requests.slice(from);
      await eventually('all are over', () => all().every(({ closes }) => closes.length > 0));
      assert.deepEqual(
        all().map(({ closes }) => closes),
        [[cancel], [cancel], [cancel], [noError]],
      );
    });

    it('tells the consumer of each once when the connection is at fault', async () => {
      const peer = await WirePeer.open(server.port);
      peer.send(openFrame(1), widenFrame(0, 0));
      await peer.closed();
      assert.deepEqual(latest().closes, [protocolError]);
    });

    it('ignores what comes for a stream that it has reset', async () => {
      const peer = await WirePeer.open(server.port);
      peer.send(openFrame(1));
      await peer.settle();
      latest().stream.reset(cancel);
      peer.send(
        ...dataFrames(1, 20_000),
        widenFrame(1, 1_000),
        wireFrame(frameTypes.headers, whole, 1, encodeHeaders([['a', 'b']])),
        wireFrame(frameTypes.rstStream, 0, 1, uint32Bytes(cancel)),
        requestFrame(3),
      );
      await eventually('the other is answered', () => peer.isAnswered(3));
      assert.equal(peer.of(frameTypes.rstStream).length, 1);
      assert.equal(peer.goAwayCode(), undefined);
      assert.deepEqual(server.requests.at(-2)?.closes, [cancel]);
      assert.equal(server.requests.at(-2)?.bytes, 0);
      peer.destroy();
    });

    it('asks for no more of a request that it has answered', async () => {
      const peer = await WirePeer.open(server.port);
      peer.send(openFrame(1));
      await peer.settle();
      answerWith(latest(), Buffer.from('enough'));
      await eventually('it is answered', () => peer.isAnswered(1));
      peer.send(...dataFrames(1, 20_000), requestFrame(3));
      await eventually('the other is answered', () => peer.isAnswered(3));
      assert.equal(peer.of(frameTypes.rstStream).length, 1);
      assert.equal(peer.resetCode(1), noError);
      peer.destroy();
    });

    it('resets a stream on which data comes after its end', async () => {
      const peer = await WirePeer.open(server.port);
      peer.send(
        requestFrame(1, [':authority', 'a']),
        wireFrame(frameTypes.data, 0, 1, Buffer.alloc(3)),
      );
      await peer.settle();
      assert.equal(peer.resetCode(1), streamClosed);
      assert.equal(peer.goAwayCode(), undefined);
      peer.destroy();
    });
  });

  it('says before its next headers that it uses no table, where the peer wants a smaller one', async () => {
    const peer = await WirePeer.open(server.port, [settingIds.headerTableSize, 0]);
    peer.send(requestFrame(1), requestFrame(3));
    await peer.settle();
    peer.send(settingsFrame([settingIds.headerTableSize, 65_536]), requestFrame(5));
    await peer.settle();
    peer.send(settingsFrame([settingIds.headerTableSize, 100]), requestFrame(7));
    await peer.settle();
    const firsts = peer.of(frameTypes.headers).map(({ payload }) => payload[0]);
    assert.deepEqual(firsts, [0x20, 0x88, 0x88, 0x20]);
    peer.destroy();
  });
});
