import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../../test/support/eventually.ts';
import {
  frameOf,
  frameServer,
  framesMax,
  RawFrames,
  Seen,
} from '../../../../test/support/raw-frames.ts';

const kib = 1024;

describe('the pace of a FrameCall', () => {
  /** Sends frames as fast as they are taken; says how many bytes were. */
  function flood(call: RawFrames, count: number, frame: (id: number) => Buffer) {
    const sent = { bytes: 0, isAll: false };
    const send = (id: number): void => {
      if (id > count) {
        sent.isAll = true;
        call.stream.end();
        return;
      }
      const bytes = frame(id);
      call.stream.write(bytes, (error) => {
        if (error) return;
        sent.bytes += bytes.length;
        send(id + 1);
      });
    };
    send(1);
    return sent;
  }

  /** Waits until a number stays as it is. */
  async function settled(what: string, number: () => number): Promise<number> {
    let last = -1;
    await eventually(what, async () => {
      const isSettled = number() === last && last > 0;
      last = number();
      await delay(100);
      return isSettled;
    });
    return last;
  }

  async function serving(receive = {}) {
    const seen = new Seen();
    const server = frameServer(seen, receive);
    await server.start();
    const session = connect(`http://${server.address}`);
    return {
      seen,
      session,
      [Symbol.asyncDispose]: async () => {
        session.destroy();
        await server.stop(0);
      },
    };
  }

  it('is that of a peer that reads no replies, and nothing is lost when it does', async () => {
    await using served = await serving({ streamBytesMax: 128 * kib });
    const { seen, session } = served;
    const call = new RawFrames(session);
    const sent = flood(call, 10_000, (id) => frameOf(id, 'm', kib));
    const bytes = await settled('no more is taken', () => sent.bytes);
    // 64 KiB of replies fit into the window of the client; as many bytes of requests wait as the window of the server has.
    assert.ok(seen.frames < 128, `${seen.frames} frames were taken`);
    assert.ok(bytes < 128 * 2 * kib, `${bytes} bytes were taken`);
    call.read();
    assert.deepEqual(await call.end(), ['0', 'OK']);
    assert.equal(sent.isAll, true);
    assert.deepEqual(
      call.ids,
      Array.from({ length: 10_000 }, (_, at) => at + 1),
    );
  });

  it('is that of its handler: it has framesMax frames under way, the rest waits within the window', async () => {
    await using served = await serving({ streamBytesMax: 128 * kib });
    const { seen, session } = served;
    const call = new RawFrames(session).read();
    const sent = flood(call, 1_000, (id) => frameOf(id, 'hold', kib));
    const bytes = await settled('no more is taken', () => sent.bytes);
    assert.equal(seen.underWay, framesMax);
    assert.ok(bytes < 128 * 2 * kib, `${bytes} bytes were taken`);
    for (let id = 1; id <= 1_000; id += 1) {
      await eventually('the frame is under way', () => seen.isHeld(id));
      seen.release(id);
    }
    assert.deepEqual(await call.end(), ['0', 'OK']);
    assert.equal(call.ids.length, 1_000);
    assert.equal(seen.mostUnderWay, framesMax);
  });

  it('lets a frame come that is larger than the window', async () => {
    await using served = await serving({ streamBytesMax: 65_535 });
    const call = new RawFrames(served.session).read();
    call.stream.write(Buffer.concat([1, 2, 3, 4, 5].map((id) => frameOf(id, 'm', 250_000))));
    call.stream.end();
    assert.deepEqual(await call.end(), ['0', 'OK']);
    assert.deepEqual(call.ids, [1, 2, 3, 4, 5]);
  });

  it('has large replies wait one by one where their reader is slow', async () => {
    await using served = await serving();
    const { seen, session } = served;
    const call = new RawFrames(session);
    const sent = flood(call, 60, (id) => frameOf(id, 'm', 200_000));
    await settled('no more is taken', () => sent.bytes);
    assert.ok(seen.frames <= framesMax, `${seen.frames} frames were taken`);
    call.read();
    assert.deepEqual(await call.end(), ['0', 'OK']);
    assert.equal(call.ids.length, 60);
  });
});
