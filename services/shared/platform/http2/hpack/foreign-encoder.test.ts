import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PlainServer } from '../../../../../test/support/plain-http2.ts';

const name = fc.oneof(
  fc.constantFrom('user-agent', 'grpc-timeout', 'x-trace', 'accept-language', 'authorization'),
  fc.stringMatching(/^x-[a-z0-9]{1,3}$/),
);
const value = fc.oneof(
  fc.constantFrom('', 'a', '10S', 'grpc-node-js/1.14.7'),
  fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/),
  // Nothing shorter than its Huffman code: sent as it is.
  fc.stringMatching(/^[{}~^\\<>|]{1,40}$/),
  // More than all of the table.
  fc.nat(5_000).map((length) => 'y'.repeat(length)),
);
const requests = fc.array(fc.dictionary(name, value, { maxKeys: 12 }), {
  minLength: 150,
  maxLength: 150,
});

/** Sends a request with these headers and waits for its end. */
async function ask(client: ClientHttp2Session, headers: Readonly<Record<string, string>>) {
  const stream = client.request({ ...headers, ':path': '/' }, { endStream: true });
  stream.resume();
  await once(stream, 'close');
}

describe('headers of a client of Node', () => {
  for (const headerTableSize of [0, 200, 4_096, 65_536]) {
    it(`come as they were sent, one request after the other, with a table of ${headerTableSize} bytes on its side`, async () => {
      await using server = await PlainServer.start();
      const client = connect(`http://127.0.0.1:${server.port}`, { settings: { headerTableSize } });
      const [all = []] = fc.sample(requests, { seed: 41 + headerTableSize, numRuns: 1 });
      for (const headers of all) {
        await ask(client, headers);
        const got = server.requests.at(-1)?.stream.headers.toObject() ?? {};
        const own = Object.entries(got).filter(([key]) => !key.startsWith(':'));
        assert.deepEqual({ ...Object.fromEntries(own) }, { ...headers });
        assert.equal(got[':path'], '/');
      }
      assert.equal(server.requests.length, 150);
      client.destroy();
    });
  }
});
