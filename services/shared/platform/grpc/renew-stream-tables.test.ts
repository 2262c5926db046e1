import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { streamTableRenewal } from './renew-stream-tables.ts';

const streams = 200;

describe('streamTableRenewal', () => {
  it('makes the tables anew in the middle of calls, all of which are answered, and their connection closes', async () => {
    const server = createServer();
    const tables = new Set<unknown>();
    server.on('session', (session) => {
      const renew = streamTableRenewal(session);
      session.on('stream', (stream) => {
        renew();
        tables.add(tableOf(session));
        // Later, so that many are under way when the tables change.
        stream.on('end', () => setTimeout(() => stream.end('answer'), 5)).resume();
        stream.respond();
      });
    });
    const client = connect(`http://127.0.0.1:${await listening(server)}`);
    const answers = await Promise.all(
      Array.from({ length: streams }, async () => {
        const stream = client.request({ ':method': 'POST' }).setEncoding('utf8');
        stream.end('question');
        let text = '';
        for await (const piece of stream) text += piece;
        return text;
      }),
    );
    assert.deepEqual(new Set(answers), new Set(['answer']));
    assert.equal(tables.size, streams);
    client.close();
    await once(client, 'close');
    server.close();
    await once(server, 'close');
  });

  it('leaves a connection alone whose state is not as expected', () => {
    const session = { [Symbol('state')]: { streams: 'none' } };
    streamTableRenewal(session as unknown as ServerHttp2Session)();
    streamTableRenewal({} as unknown as ServerHttp2Session)();
    assert.deepEqual(
      Object.getOwnPropertySymbols(session).map((name) => Reflect.get(session, name)),
      [{ streams: 'none' }],
    );
  });
});

function tableOf(session: ServerHttp2Session): unknown {
  const name = Object.getOwnPropertySymbols(session).find(
    ({ description }) => description === 'state',
  );
  return name === undefined ? undefined : Reflect.get(Reflect.get(session, name) ?? {}, 'streams');
}

async function listening(server: Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
