import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import { settingsFrame, uint32Bytes, wireFrame } from '../../../../test/support/http2-wire.ts';
import { CallConnection } from './call-connection.ts';
import { type ErrorCode, errorCodes } from './errors.ts';
import { clientPreface, frameFlags, frameTypes } from './frames.ts';
import type { HeaderList } from './header-list.ts';
import { encodeHeaders } from './hpack/encode-headers.ts';
import { receiveLimitsDefault } from './receive-limits.ts';

const { data, headers, settings, ping, rstStream, goaway, windowUpdate, pushPromise } = frameTypes;
const okHeaders = encodeHeaders([[':status', '200']]);
const trailers = encodeHeaders([['grpc-status', '0']]);

/** A client's connection, and a peer that sends what it is told to. */
class Wired {
  readonly connection: CallConnection;
  readonly peer: Socket;
  readonly seen: string[] = [];
  /** Bytes of data that came. */
  readonly pieces: Buffer[] = [];
  /** Whether what came is taken. */
  credits = true;
  /** All that the peer got. */
  #got = Buffer.alloc(0);

  private constructor(client: Socket, peer: Socket, everyMs: number) {
    this.peer = peer;
    peer.on('error', () => {});
    peer.on('data', (piece: Buffer) => {
      this.#got = Buffer.concat([this.#got, piece]);
    });
    this.connection = new CallConnection(client, {
      request: encodeHeaders([[':method', 'POST']]),
      receive: receiveLimitsDefault,
      keepalive: { everyMs, answerMsMax: 30 },
      consumer: {
        onReady: () => void this.seen.push('ready'),
        onHeaders: (list: HeaderList, isEnd) =>
          void this.seen.push(`${list.status || list.get('grpc-status')}${isEnd ? ' end' : ''}`),
        onData: (piece: Buffer) => {
          this.pieces.push(piece);
          if (this.credits) this.connection.call.credit(piece.length);
        },
        onEnd: () => void this.seen.push('whole'),
        onGoAway: () => void this.seen.push('going'),
        onClose: (code: ErrorCode) => void this.seen.push(`closed ${code}`),
      },
    });
  }

  static async start(everyMs = 60_000): Promise<Wired> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [[peer]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
    server.close();
    const wired = new Wired(client, peer as Socket, everyMs);
    ends.push(() => {
      client.destroy();
      wired.peer.destroy();
    });
    return wired;
  }

  send(...frames: readonly Buffer[]): void {
    this.peer.write(Buffer.concat(frames));
  }

  /** Types of the frames that the peer got, after the preface. */
  get types(): readonly number[] {
    return this.frames.map(({ type }) => type);
  }

  get frames(): readonly { readonly type: number; readonly payload: Buffer }[] {
    const frames = [];
    let at = clientPreface.length;
    while (at + 9 <= this.#got.length) {
      const bytes = this.#got.readUIntBE(at, 3);
      const payload = this.#got.subarray(at + 9, at + 9 + bytes);
      frames.push({ type: this.#got[at + 3] ?? -1, payload });
      at += 9 + bytes;
    }
    return frames;
  }

  async until(last: string): Promise<void> {
    await eventually(`${last}, got ${this.seen.join(', ')}`, () => this.seen.at(-1) === last);
  }
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const ready = settingsFrame();

describe('CallConnection', () => {
  it('begins with its settings and its request, and is ready when the peer has said something', async () => {
    const wired = await Wired.start();
    await eventually('the peer has the request', () => wired.types.includes(headers));
    assert.deepEqual(wired.types, [settings, windowUpdate, headers]);
    assert.deepEqual(wired.seen, []);
    wired.send(ready);
    await wired.until('ready');
    await eventually('they are acknowledged', () => wired.types.at(-1) === settings);
  });
  it('gives an answer that is whole, and ends the connection after it', async () => {
    const wired = await Wired.start();
    const closed = once(wired.peer, 'end');
    wired.send(
      ready,
      wireFrame(headers, frameFlags.endHeaders, 1, okHeaders),
      wireFrame(data, 0, 1, Buffer.from('one')),
      wireFrame(data, frameFlags.padded, 1, Buffer.from('\x02two\0\0')),
      wireFrame(headers, frameFlags.endHeaders | frameFlags.endStream, 1, trailers),
      wireFrame(data, 0, 1, Buffer.from('more')),
    );
    await wired.until(`closed ${errorCodes.noError}`);
    assert.deepEqual(wired.seen, ['ready', '200', '0 end', 'whole', 'closed 0']);
    assert.equal(Buffer.concat(wired.pieces).toString(), 'onetwo');
    assert.equal(wired.connection.why, undefined);
    await closed;
  });
  it('takes headers that go on in frames of their own', async () => {
    const wired = await Wired.start();
    const [first, rest] = [okHeaders.subarray(0, 1), trailers];
    wired.send(
      ready,
      wireFrame(headers, frameFlags.endStream, 1, first),
      wireFrame(frameTypes.continuation, frameFlags.endHeaders, 1, rest),
    );
    await wired.until(`closed ${errorCodes.noError}`);
    assert.deepEqual(wired.seen, ['ready', '200 end', 'whole', 'closed 0']);
  });
  it('sends no more than the windows allow, and the rest when they grow', async () => {
    const wired = await Wired.start();
    wired.send(settingsFrame([4, 10]));
    await wired.until('ready');
    wired.connection.call.send(Buffer.alloc(30, 7));
    const sent = () =>
      wired.frames
        .filter(({ type }) => type === data)
        .reduce((sum, f) => sum + f.payload.length, 0);
    await eventually('the first have left', () => sent() === 10);
    wired.send(wireFrame(windowUpdate, 0, 1, uint32Bytes(15)));
    await eventually('more have left', () => sent() === 25);
    wired.send(settingsFrame([4, 100]));
    await eventually('all have left', () => sent() === 30);
  });
  it('lets the peer send more as what came is taken', async () => {
    const wired = await Wired.start();
    wired.send(ready, wireFrame(settings, frameFlags.ack, 0));
    await wired.until('ready');
    const bytes = receiveLimitsDefault.streamBytesMax / 4;
    for (let piece = 0; piece < 12; piece += 1) {
      wired.send(wireFrame(data, 0, 1, Buffer.alloc(bytes)));
      const wanted = (piece + 1) * bytes;
      const came = () => wired.pieces.reduce((sum, { length }) => sum + length, 0);
      await eventually('it came', () => came() === wanted);
    }
    assert.ok(wired.types.filter((type) => type === windowUpdate).length > 4);
    assert.deepEqual(wired.seen, ['ready']);
  });
  it('answers pings, and fails when its own are not answered', async () => {
    const wired = await Wired.start(20);
    wired.send(ready, wireFrame(ping, 0, 0, Buffer.from('12345678')));
    const pings = () => wired.frames.filter(({ type }) => type === ping);
    await eventually('it is answered', () =>
      pings().some(({ payload }) => payload.toString() === '12345678'),
    );
    const own = () => pings().filter(({ payload }) => payload.toString() !== '12345678');
    for (let answered = 0; answered < 3; answered += 1) {
      await eventually('it asks', () => own().length > answered);
      wired.send(wireFrame(ping, frameFlags.ack, 0, own()[answered]?.payload ?? Buffer.alloc(8)));
    }
    assert.deepEqual(wired.seen, ['ready']);
    await wired.until(`closed ${errorCodes.cancel}`);
    assert.match(wired.connection.why ?? '', /did not answer a ping/);
  });
  it('goes on when the peer takes no new calls, and ends when it takes not this one', async () => {
    const goAway = (lastId: number) =>
      wireFrame(goaway, 0, 0, Buffer.concat([uint32Bytes(lastId), uint32Bytes(0)]));
    const wired = await Wired.start();
    wired.send(ready, goAway(2 ** 31 - 1), wireFrame(data, 0, 1, Buffer.from('still')));
    await eventually('it goes on', () => wired.pieces.length === 1);
    assert.deepEqual(wired.seen, ['ready', 'going']);
    wired.send(goAway(0));
    await wired.until(`closed ${errorCodes.cancel}`);
    assert.match(wired.connection.why ?? '', /takes no calls/);
  });
  it('ends with the reset of the peer, and with the connection', async () => {
    const reset = await Wired.start();
    reset.send(ready, wireFrame(rstStream, 0, 1, uint32Bytes(errorCodes.enhanceYourCalm)));
    await reset.until(`closed ${errorCodes.enhanceYourCalm}`);
    const gone = await Wired.start();
    gone.send(ready);
    await gone.until('ready');
    gone.peer.resetAndDestroy();
    await gone.until(`closed ${errorCodes.cancel}`);
    assert.match(gone.connection.why ?? '', /ECONNRESET/);
  });
  it('cancels the call, says so, and learns nothing more', async () => {
    const wired = await Wired.start();
    wired.send(ready);
    await wired.until('ready');
    const ended = once(wired.peer, 'end');
    wired.connection.cancel();
    wired.connection.cancel();
    await eventually('the peer knows', () => wired.types.includes(rstStream));
    wired.send(wireFrame(headers, frameFlags.endHeaders, 1, okHeaders));
    await ended;
    assert.deepEqual(wired.seen, ['ready', `closed ${errorCodes.cancel}`]);
  });

  const faults: readonly (readonly [string, readonly Buffer[], ErrorCode])[] = [
    ['a frame before its settings', [wireFrame(ping, 0, 0, Buffer.alloc(8))], 1],
    ['data before its settings', [wireFrame(data, 0, 1, Buffer.alloc(8))], 1],
    ['a promise', [ready, wireFrame(pushPromise, frameFlags.endHeaders, 1, Buffer.alloc(8))], 1],
    ['data of another stream', [ready, wireFrame(data, 0, 3, Buffer.alloc(8))], 1],
    ['headers of a request', [ready, wireFrame(headers, 4, 1, encodeHeaders([[':path', '/']]))], 1],
    ['headers that are no HPACK', [ready, wireFrame(headers, 4, 1, Buffer.of(0x80))], 9],
    ['a window that grows by nothing', [ready, wireFrame(windowUpdate, 0, 1, uint32Bytes(0))], 1],
    ['a ping of three bytes', [ready, wireFrame(ping, 0, 0, Buffer.alloc(3))], 6],
    [
      'more data than its window',
      [ready, ...new Array<Buffer>(6).fill(wireFrame(data, 0, 1, Buffer.alloc(200_000)))],
      3,
    ],
  ];
  for (const [what, frames, code] of faults) {
    it(`ends once at ${what}, and tells the peer`, async () => {
      const wired = await Wired.start();
      wired.credits = false;
      wired.send(...frames);
      await wired.until(`closed ${code}`);
      assert.equal(wired.seen.filter((one) => one.startsWith('closed')).length, 1);
      await eventually('the peer knows', () => wired.types.includes(goaway));
      const { payload } = wired.frames.find(({ type }) => type === goaway) ?? assert.fail();
      assert.equal(payload.readUInt32BE(4), code);
    });
  }
});
