import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Client, credentials } from '@grpc/grpc-js';
import { eventually } from '../../../../test/support/eventually.ts';
import { framed } from '../../../../test/support/framed.ts';
import {
  definition,
  type FrameReply,
  frameOf,
  frameServer,
  framesMax,
  messageBytesMax,
  RawFrames,
  requestOf,
  Seen,
} from '../../../../test/support/raw-frames.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import type { MeshServer } from './server.ts';

describe('FrameCall', () => {
  const seen = new Seen();
  let server: MeshServer;
  let session: ClientHttp2Session;

  before(async () => {
    server = frameServer(seen);
    await server.start();
    session = connect(`http://${server.address}`);
  });
  after(async () => {
    session.destroy();
    await server.stop(0);
  });

  const open = (headers: Readonly<Record<string, string>> = {}): RawFrames =>
    new RawFrames(session, headers).read();

  it('answers frames that come in one piece, and one that comes in many', async () => {
    const call = open();
    call.stream.write(Buffer.concat([frameOf(1), frameOf(2), frameOf(3)]));
    await call.replies(3);
    const large = frameOf(4, 'm', 200_000);
    const cuts = [0, 1, 5, 6, 100_000, 199_999];
    for (const [at, from] of cuts.entries()) {
      call.stream.write(large.subarray(from, cuts[at + 1] ?? large.length));
      await new Promise((resolve) => setImmediate(resolve));
    }
    call.stream.end();
    assert.deepEqual(await call.end(), ['0', 'OK']);
    assert.deepEqual(call.ids, [1, 2, 3, 4]);
  });

  it('sends replies in the order in which they are ready', async () => {
    const call = open();
    call.stream.write(Buffer.concat([frameOf(1, 'hold'), frameOf(2, 'late'), frameOf(3)]));
    await call.replies(2);
    assert.deepEqual(
      [...call.ids].sort((a, b) => a - b),
      [2, 3],
    );
    seen.release(1);
    call.stream.end();
    assert.deepEqual(await call.end(), ['0', 'OK']);
    assert.equal(call.ids.at(-1), 1);
  });

  it('is the same on the wire as a stream of grpc-js', async () => {
    // What says that it may be compressed is served by grpc-js.
    const both = [open(), open({ 'grpc-encoding': 'gzip' })];
    for (const call of both) {
      call.stream.write(frameOf(1));
      call.stream.end();
      await call.end();
    }
    const [own, stock] = both.map(({ response, trailers, ids }) => ({
      response: { ...response },
      trailers: { ...trailers },
      ids,
    }));
    assert.deepEqual(own, stock);
    const failing = [open(), open({ 'grpc-encoding': 'gzip' })];
    for (const call of failing) {
      call.stream.write(frameOf(1));
      await call.replies(1);
      call.stream.write(frameOf(2, 'refuse'));
      await call.end();
    }
    assert.deepEqual({ ...failing[0]?.trailers }, { ...failing[1]?.trailers });
    const empty = [open(), open({ 'grpc-encoding': 'gzip' })];
    for (const call of empty) {
      call.stream.end();
      await call.end();
    }
    assert.deepEqual({ ...empty[0]?.response }, { ...empty[1]?.response });
  });

  it('leaves a compressed stream to grpc-js', async () => {
    const call = open({ 'grpc-encoding': 'gzip' });
    call.stream.end(framed(gzipSync(requestOf(9)), 1));
    assert.deepEqual(await call.end(), ['0', 'OK']);
    assert.deepEqual(call.ids, [9]);
  });

  it('ends with the error of its handler, alone where no reply was sent', async () => {
    const alone = open();
    alone.stream.write(frameOf(1, 'refuse'));
    assert.deepEqual(await alone.end(), ['5', 'no such model']);
    assert.equal(alone.trailers['grpc-status'], undefined);
    const amid = open();
    amid.stream.write(frameOf(1));
    await amid.replies(1);
    amid.stream.write(Buffer.concat([frameOf(2, 'refuse'), frameOf(3)]));
    assert.deepEqual(await amid.end(), ['5', 'no such model']);
    assert.ok(amid.trailers['grpc-status-details-bin'] !== undefined);
  });

  it('answers the last frames of a caller that has ended its half', async () => {
    const call = open();
    const ids = Array.from({ length: framesMax + 3 }, (_, id) => id + 1);
    call.stream.end(Buffer.concat(ids.map((id) => frameOf(id, 'hold'))));
    for (const id of ids) {
      await eventually('the frame is under way', () => seen.isHeld(id));
      seen.release(id);
    }
    assert.deepEqual(await call.end(), ['0', 'OK']);
    assert.deepEqual(call.ids, ids);
  });

  it('answers what came before bytes that are no frame, and refuses those', async () => {
    const call = open();
    call.stream.write(
      Buffer.concat([frameOf(1, 'hold'), framed(Buffer.of(0xff, 0xff)), frameOf(2)]),
    );
    await eventually('the frame is under way', () => seen.isHeld(1));
    await delay(20);
    assert.equal(call.isClosed, false);
    seen.release(1);
    const [status, text] = await call.end();
    assert.equal(status, '3');
    assert.match(text, /Infer: wanted the bytes of its request, got 2/);
    assert.deepEqual(call.ids, [1]);
  });

  it('refuses what is compressed, too large or cut off', async () => {
    const packed = open();
    packed.stream.write(framed(requestOf(1), 1));
    assert.deepEqual(await packed.end(), [
      '13',
      'Received a compressed message without grpc-encoding',
    ]);
    const large = open();
    large.stream.write(frameOf(1));
    await large.replies(1);
    large.stream.write(framed(Buffer.alloc(messageBytesMax + 1)).subarray(0, 5));
    const [status, text] = await large.end();
    assert.equal(status, '8');
    assert.match(text, /larger than max \(300001 vs 300000\)/);
    const cut = open();
    cut.stream.end(frameOf(1).subarray(0, 8));
    assert.deepEqual(await cut.end(), ['13', 'The request ended amid a message']);
    assert.equal(seen.internal.length, 0);
  });

  it('ends where a reply is too large', async () => {
    const call = open();
    call.stream.write(frameOf(1, 'wide'));
    const [status, text] = await call.end();
    assert.equal(status, '8');
    assert.match(text, /larger than 300000/);
  });

  it('ends at the deadline of its caller, and tells the handler', async () => {
    const aborts = seen.aborts.length;
    const call = open({ 'grpc-timeout': '60m' });
    call.stream.write(Buffer.concat([frameOf(1), frameOf(2, 'hang')]));
    assert.deepEqual(await call.end(), ['4', 'Deadline exceeded']);
    assert.deepEqual(call.ids, [1]);
    await eventually('the handler knows', () => seen.aborts.length === aborts + 1);
    assert.equal((seen.aborts.at(-1) as MeshError).reason, 'DEADLINE_PASSED');
    const late = open({ 'grpc-timeout': '0m' });
    assert.equal((await late.end())[0], '4');
  });

  it('tells the handler of a caller that resets the stream', async () => {
    const [frames, aborts] = [seen.frames, seen.aborts.length];
    const call = open();
    call.stream.write(frameOf(1, 'hang'));
    await eventually('the frame is under way', () => seen.frames === frames + 1);
    call.stream.close(constants.NGHTTP2_CANCEL);
    await eventually('the handler knows', () => seen.aborts.length === aborts + 1);
    assert.equal((seen.aborts.at(-1) as MeshError).reason, 'CALL_CANCELLED');
  });

  it('tells a handler that looks for its caller only when that has gone', async () => {
    const aborts = seen.aborts.length;
    const call = open();
    call.stream.write(frameOf(31, 'look-later'));
    await eventually('the frame is under way', () => seen.isHeld(31));
    call.stream.close(constants.NGHTTP2_CANCEL);
    await eventually('it is closed', () => call.isClosed);
    await delay(20);
    seen.release(31);
    await eventually('the handler knows', () => seen.aborts.length === aborts + 1);
    assert.equal((seen.aborts.at(-1) as MeshError).reason, 'CALL_CANCELLED');
  });

  it('ends the stream, and nothing else, of a handler that gives no promise', async () => {
    const call = open();
    call.stream.write(frameOf(1, 'no-promise'));
    assert.equal((await call.end())[0], '13');
    const next = open();
    next.stream.end(frameOf(2));
    assert.deepEqual(await next.end(), ['0', 'OK']);
  });

  it('carries 2,000 frames of a client of grpc-js', async () => {
    const client = new Client(server.address, credentials.createInsecure());
    const call = client.makeBidiStreamRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
    );
    const ids: number[] = [];
    call.on('data', (reply: FrameReply) =>
      ids.push(...reply.batches.map(({ batchId }) => batchId)),
    );
    for (let id = 1; id <= 2_000; id += 1) {
      call.write({ batches: [{ batchId: id, model: 'm', features: Buffer.alloc(id) }] });
    }
    call.end();
    const [outcome] = (await once(call, 'status')) as [{ readonly code: number }];
    client.close();
    assert.equal(outcome.code, 0);
    assert.deepEqual(
      ids,
      Array.from({ length: 2_000 }, (_, at) => at + 1),
    );
  });
});

describe('a FrameCall of a server that stops', () => {
  const calling = async () => {
    const seen = new Seen();
    const server = frameServer(seen);
    await server.start();
    const session = connect(`http://${server.address}`);
    return { seen, server, session, call: new RawFrames(session).read() };
  };

  it('is answered what is under way, reads nothing more, and ends', async () => {
    const { seen, server, session, call } = await calling();
    call.stream.write(frameOf(1, 'hold'));
    await eventually('the frame is under way', () => seen.isHeld(1));
    const stopped = server.stop(5_000);
    call.stream.write(frameOf(2));
    await new Promise<void>((resolve) => session.ping(() => resolve()));
    seen.release(1);
    const [status, text] = await call.end();
    assert.equal(status, '14');
    assert.match(text, /is stopping; ask another one/);
    assert.deepEqual(call.ids, [1]);
    await stopped;
    session.destroy();
  });

  it('ends at the end of the grace, whatever is under way, and tells the handler', async () => {
    const { seen, server, session, call } = await calling();
    call.stream.write(frameOf(1, 'hang'));
    await eventually('the frame is under way', () => seen.frames === 1);
    const stopped = server.stop(50);
    assert.equal((await call.end())[0], '14');
    await eventually('the handler knows', () => seen.aborts.length === 1);
    await stopped;
    session.destroy();
  });
});
