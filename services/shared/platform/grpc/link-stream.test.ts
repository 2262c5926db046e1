import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Stream,
} from 'node:http2';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type LookupFunction,
  type Server as TcpServer,
} from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { eventually } from '../../../../test/support/eventually.ts';
import { framed } from '../../../../test/support/framed.ts';
import {
  type LinkReply,
  linkAnswer,
  linkFrame,
  linkMethod,
  WatchedLink,
} from '../../../../test/support/watched-link.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { LinkStreamOptions } from './link-stream.ts';
import { encodeStatus } from './status.ts';

/** What ends the servers of a test. */
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function watch(port: number, options: Partial<LinkStreamOptions> = {}): WatchedLink {
  const watched = new WatchedLink(port, options);
  ends.push(() => watched.stream.cancel());
  return watched;
}

/** Starts a server of grpc-js as it ships. */
async function stockServer(
  infer: (call: ServerDuplexStream<LinkReply, object>) => void,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = new Server();
  server.addService({ infer: linkMethod.definition }, { infer });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  ends.push(() => server.forceShutdown());
  return { port, server };
}

/** Starts a server of Node's HTTP/2, or of TCP alone. */
async function listening<S extends Http2Server | TcpServer>(server: S): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Starts a server that does what it likes with the call. */
function plainServer(onStream: (stream: ServerHttp2Stream) => void): Promise<number> {
  const server = createHttp2Server();
  server.on('session', (session) => ends.push(() => session.destroy()));
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    onStream(stream);
  });
  return listening(server);
}

const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc' };

describe('LinkStream and a server of grpc-js', () => {
  it('carries messages both ways, of more bytes than a window of HTTP/2 has', async () => {
    const sizes: number[] = [];
    const { port } = await stockServer((call) => {
      call.on('data', ({ batches }: LinkReply & { batches: { features: Buffer }[] }) => {
        sizes.push(batches[0]?.features.length ?? 0);
        call.write(linkAnswer(batches[0]?.batchId ?? 0, 3_000_000));
      });
    });
    const watched = watch(port);
    await watched.until('open');
    for (const bytes of [4, 2_000_000, 70_000])
      watched.stream.write(linkFrame(sizes.length, bytes));
    await eventually('all are answered', () => watched.replies.length === 3);
    assert.deepEqual(sizes, [4, 2_000_000, 70_000]);
    assert.ok(
      watched.replies.every(({ batches }) => batches[0]?.rows?.outputs.length === 3_000_000),
    );
  });
  it('says what the service of this mesh said, after messages and before any', async () => {
    const error = new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'ALIAS_MOVED',
      message: 'wanted 100 % of a größer model',
      detail: { model: 'm' },
    });
    for (const isLate of [false, true]) {
      const { port } = await stockServer((call) => {
        if (isLate) call.write(linkAnswer(1));
        call.emit('error', encodeStatus(error));
      });
      const watched = watch(port);
      await watched.until('failed');
      assert.equal(watched.replies.length, isLate ? 1 : 0);
      const { code, reason, message, detail } = watched.error ?? error;
      assert.deepEqual(
        { code, reason, message, detail },
        {
          code: 'FAILED_PRECONDITION',
          reason: 'ALIAS_MOVED',
          message: 'wanted 100 % of a größer model',
          detail: { model: 'm' },
        },
      );
    }
  });
  it('tells a peer that drains from one that has ended', async () => {
    let end = () => {};
    const { port, server } = await stockServer((call) => {
      call.write(linkAnswer(1));
      end = () => call.end();
    });
    const watched = watch(port);
    await eventually('it is answered', () => watched.replies.length === 1);
    server.tryShutdown(() => {});
    await watched.until('draining');
    end();
    await watched.until('ended');
    assert.deepEqual(watched.seen, ['open', 'draining', 'ended']);
  });
  it('cancels the call with the stream, and tells nobody', async () => {
    let isCancelled = false;
    const { port } = await stockServer((call) => {
      call.on('cancelled', () => {
        isCancelled = true;
      });
      call.write(linkAnswer(1));
    });
    const watched = watch(port);
    await eventually('it is answered', () => watched.replies.length === 1);
    watched.stream.cancel();
    await eventually('the server knows', () => isCancelled);
    assert.deepEqual(watched.seen, ['open']);
  });
  it('refuses to send what is too large, and goes on', async () => {
    const { port } = await stockServer((call) => {
      call.on('data', ({ batches }: LinkReply) => call.write(linkAnswer(batches[0]?.batchId ?? 0)));
    });
    const watched = watch(port, { messageBytesMax: 1_000 });
    await watched.until('open');
    assert.throws(() => watched.stream.write(linkFrame(1, 1_000)), { reason: 'MESSAGE_TOO_LARGE' });
    watched.stream.write(linkFrame(2));
    await eventually('the next is answered', () => watched.replies.length === 1);
  });
});

describe('LinkStream and a server that is wrong', () => {
  const failures: readonly (readonly [string, (stream: ServerHttp2Stream) => void, RegExp])[] = [
    [
      'another HTTP server',
      (stream) => {
        stream.respond({ ':status': 404, 'content-type': 'text/html' });
        stream.end('<p>not here</p>');
      },
      /answered with HTTP 404 and no gRPC/,
    ],
    [
      'an end without a status',
      (stream) => {
        stream.respond(grpcHeaders);
        stream.end();
      },
      /without a status/,
    ],
    ['a reset', (stream) => stream.close(2), /reset the stream with code 2/],
    ['a connection that is gone', (stream) => stream.session?.destroy(), /closed/],
    [
      'a message that is compressed',
      (stream) => {
        stream.respond(grpcHeaders);
        stream.write(framed(Buffer.alloc(3), 1));
      },
      /not compressed/,
    ],
    [
      'a message that is too large',
      (stream) => {
        stream.respond(grpcHeaders);
        stream.write(framed(Buffer.alloc(4 * 1024 * 1024 + 1)).subarray(0, 100));
      },
      /4194304 bytes at most, got 4194305/,
    ],
    [
      'a message that is none',
      (stream) => {
        stream.respond(grpcHeaders);
        stream.write(framed(Buffer.of(0x0a, 0xff, 0xff)));
      },
      /./,
    ],
  ];
  for (const [what, act, says] of failures) {
    it(`fails once at ${what}`, async () => {
      const watched = watch(await plainServer(act));
      await watched.until('failed');
      assert.match(watched.error?.message ?? '', says);
      await new Promise((resolve) => setTimeout(resolve, 20));
      // A session that is destroyed says first that it goes.
      const seen = watched.seen.filter((one) => one !== 'draining');
      assert.deepEqual(seen, ['open', 'failed']);
    });
  }
  it('fails at what speaks no HTTP/2, and at a port where nobody listens', async () => {
    const tcp = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    const answered = watch(await listening(tcp));
    await answered.until('failed');
    assert.deepEqual(answered.seen, ['failed']);
    const closed = createTcpServer();
    const port = await listening(closed);
    closed.close();
    const refused = watch(port);
    await refused.until('failed');
    assert.match(refused.error?.message ?? '', /ECONNREFUSED/);
  });
  it('gives up a peer that takes the connection and says nothing', async (t) => {
    const tcp = createTcpServer();
    const accepted = once(tcp, 'connection');
    const port = await listening(tcp);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const watched = watch(port);
    const [socket] = await accepted;
    t.mock.timers.tick(4_999);
    assert.deepEqual(watched.seen, []);
    t.mock.timers.tick(1);
    assert.deepEqual(watched.seen, ['failed']);
    assert.match(watched.error?.message ?? '', /did not connect within 5000 ms/);
    socket.destroy();
  });
  it('says of each address of a name why it failed', async () => {
    const lookup: LookupFunction = (_host, _options, done) =>
      process.nextTick(done, null, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]);
    const watched = watch(1, { target: { host: 'two.test', port: 1 }, lookup });
    await watched.until('failed');
    assert.match(watched.error?.message ?? '', /^two.test:1 failed: .*127.0.0.1:1; .*::1/);
  });
  it('takes an answer that says first that it goes on', async () => {
    const port = await plainServer((stream) => {
      stream.additionalHeaders({ ':status': 103 });
      stream.respond(grpcHeaders, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(framed(linkMethod.definition.responseSerialize(linkAnswer(1))));
    });
    const watched = watch(port);
    await watched.until('ended');
    assert.equal(watched.replies.length, 1);
  });
});
