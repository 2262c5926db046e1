import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { wireFrame } from '../../../../test/support/http2-wire.ts';
import { ConnectionFault, errorCodes } from './errors.ts';
import { FrameReader } from './frame-reader.ts';
import { clientPreface, frameFlags, frameTypes } from './frames.ts';

const limits = { dataBytes: 300, otherBytes: 200 };
const { data, headers, ping, settings } = frameTypes;
const { endStream, padded, ack } = frameFlags;

/** Reads a conversation that comes in these chunks; data in pieces that follow each other is one. */
function read(chunks: readonly Buffer[]): readonly string[] {
  const frames: string[] = [];
  let open: { streamId: number; text: string; flowBytes: number } | undefined;
  const reader = new FrameReader(
    {
      onFrame: ({ type, flags, streamId, bytes, start, end }) => {
        frames.push(`${type} ${flags} ${streamId} ${bytes.toString('hex', start, end)}`);
      },
      onData: ({ streamId, bytes, flowBytes, isEnd }) => {
        open ??= { streamId, text: '', flowBytes: 0 };
        assert.equal(streamId, open.streamId);
        open.text += bytes.toString('latin1');
        open.flowBytes += flowBytes;
        if (!isEnd) return;
        frames.push(`data ${streamId} ${open.text} ${open.flowBytes}`);
        open = undefined;
      },
    },
    limits,
  );
  for (const chunk of chunks) reader.push(chunk);
  assert.equal(open, undefined);
  return frames;
}

/** Data with padding after it. */
function paddedData(streamId: number, text: string, padding: number): Buffer {
  const payload = Buffer.concat([Buffer.from([padding]), Buffer.from(text), Buffer.alloc(padding)]);
  return wireFrame(data, padded | endStream, streamId, payload);
}

const conversation = Buffer.concat([
  clientPreface,
  wireFrame(settings, 0, 0, Buffer.from('000400010000', 'hex')),
  wireFrame(settings, ack, 0),
  wireFrame(headers, 5, 1, Buffer.from('828684', 'hex')),
  wireFrame(data, 0, 3, Buffer.from('hello, ')),
  wireFrame(data, endStream, 3, Buffer.from('world')),
  paddedData(5, 'with padding', 7),
  paddedData(7, 'without any', 0),
  paddedData(9, '', 3),
  paddedData(11, '', 0),
  wireFrame(data, endStream, 13),
  wireFrame(ping, 0, 0, Buffer.from('8 bytes!')),
  wireFrame(99, 255, 2 ** 31 - 1, Buffer.from('not known')),
]);
const wanted = [
  '4 0 0 000400010000',
  '4 1 0 ',
  '1 5 1 828684',
  'data 3 hello, world 12',
  'data 5 with padding 20',
  'data 7 without any 12',
  'data 9  4',
  'data 11  1',
  'data 13  0',
  `6 0 0 ${Buffer.from('8 bytes!').toString('hex')}`,
  `99 255 2147483647 ${Buffer.from('not known').toString('hex')}`,
];

/** Asserts that a chunk is refused with a code, however it is cut. */
function assertRefused(bytes: Buffer, code: number): void {
  const isWanted = (error: unknown) => error instanceof ConnectionFault && error.code === code;
  assert.throws(() => read([clientPreface as Buffer, bytes]), isWanted);
  const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  assert.throws(() => read([clientPreface as Buffer, ...single]), isWanted);
}

describe('FrameReader', () => {
  it('gives the frames of a conversation that comes whole', () => {
    assert.deepEqual(read([conversation]), wanted);
  });

  it('gives the same wherever it is cut in two', () => {
    for (let at = 0; at <= conversation.length; at += 1) {
      const chunks = [conversation.subarray(0, at), conversation.subarray(at)];
      assert.deepEqual(read(chunks), wanted, `cut at ${at}`);
    }
  });

  it('gives the same byte by byte', () => {
    const chunks = Array.from(conversation, (_, at) => conversation.subarray(at, at + 1));
    assert.deepEqual(read(chunks), wanted);
  });

  it('gives the same in whatever pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(conversation.length), { maxLength: 30 }), (cuts) => {
        const sorted = [0, ...cuts.sort((a, b) => a - b), conversation.length];
        const chunks = sorted.slice(1).map((end, at) => conversation.subarray(sorted[at], end));
        assert.deepEqual(read(chunks), wanted);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('gives data as it comes, and does not copy it', () => {
    const pieces: Buffer[] = [];
    const ends: boolean[] = [];
    const reader = new FrameReader(
      {
        onFrame: () => assert.fail('no frame'),
        onData: ({ bytes, isEnd }) => {
          pieces.push(bytes);
          ends.push(isEnd);
        },
      },
      limits,
    );
    reader.push(clientPreface as Buffer);
    const frame = wireFrame(data, endStream, 1, Buffer.from('abcdef'));
    const chunks = [frame.subarray(0, 12), frame.subarray(12)];
    for (const chunk of chunks) reader.push(chunk);
    assert.deepEqual(pieces.map(String), ['abc', 'def']);
    assert.deepEqual(ends, [false, true]);
    assert.ok(pieces.every(({ buffer }) => buffer === frame.buffer));
  });

  it('keeps what is no data until it is whole, whatever happens to the chunks', () => {
    const seen: string[] = [];
    const reader = new FrameReader(
      {
        onFrame: ({ bytes, start, end }) => seen.push(bytes.toString('latin1', start, end)),
        onData: () => assert.fail('no data'),
      },
      limits,
    );
    reader.push(clientPreface as Buffer);
    const frame = wireFrame(ping, 0, 0, Buffer.from('8 bytes!'));
    const head = Buffer.from(frame.subarray(0, 13));
    reader.push(head);
    head.fill(0);
    assert.deepEqual(seen, []);
    reader.push(frame.subarray(13));
    assert.deepEqual(seen, ['8 bytes!']);
  });

  it('ignores the bit before the number of a stream', () => {
    const frame = wireFrame(ping, 0, 5, Buffer.alloc(8));
    frame[5] = 0x80;
    assert.deepEqual(read([Buffer.concat([clientPreface, frame])]), ['6 0 5 0000000000000000']);
  });

  it('takes frames up to their limits, and not one byte more', () => {
    const most = [
      wireFrame(data, endStream, 1, Buffer.alloc(300)),
      wireFrame(headers, 4, 1, Buffer.alloc(200)),
    ];
    assert.equal(read([Buffer.concat([clientPreface, ...most])]).length, 2);
    assertRefused(wireFrame(data, endStream, 1, Buffer.alloc(301)), errorCodes.frameSizeError);
    assertRefused(wireFrame(headers, 4, 1, Buffer.alloc(201)), errorCodes.frameSizeError);
    // Of a frame that is too large nothing is waited for.
    assertRefused(
      wireFrame(headers, 4, 1, Buffer.alloc(201)).subarray(0, 9),
      errorCodes.frameSizeError,
    );
  });

  it('refuses more padding than there are bytes', () => {
    assert.equal(read([Buffer.concat([clientPreface, paddedData(1, '', 255)])]).length, 1);
    const short = Buffer.from([4, 1, 2, 3]);
    assertRefused(wireFrame(data, padded, 1, short), errorCodes.protocolError);
    assertRefused(wireFrame(data, padded, 1), errorCodes.protocolError);
  });

  it('refuses what does not begin as HTTP/2 does', () => {
    const isWanted = { name: 'ConnectionFault', code: errorCodes.protocolError };
    assert.throws(() => read([Buffer.from('GET / HTTP/1.1\r\n\r\n')]), isWanted);
    for (let at = 0; at < clientPreface.length; at += 1) {
      const wrong = Buffer.from(clientPreface);
      wrong[at] = 0;
      assert.throws(() => read([wrong]), isWanted);
      assert.throws(() => read([wrong.subarray(0, at), wrong.subarray(at)]), isWanted);
    }
    assert.deepEqual(read([clientPreface.subarray(0, 23) as Buffer]), []);
  });
});
