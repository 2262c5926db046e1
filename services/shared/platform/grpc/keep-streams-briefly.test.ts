import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { BriefMap } from '../../policy/brief-map.ts';
import { keepStreamsBriefly, stateOf } from './keep-streams-briefly.ts';

describe('keepStreamsBriefly', () => {
  it('finds where this Node keeps the streams of a connection, which serves, counts and ends them', async () => {
    const server = createServer();
    const sessions: ServerHttp2Session[] = [];
    let isFound = false;
    server.on('session', (session: ServerHttp2Session) => {
      sessions.push(session);
      isFound = stateOf(session) !== undefined;
    });
    keepStreamsBriefly([server]);
    let answered = 0;
    server.on('stream', (stream, headers) => {
      if (headers[':path'] === '/hangs') return;
      answered += 1;
      stream.respond({ ':status': 200 });
      stream.end('here');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const ask = async (path: string): Promise<string> => {
      const stream = client.request({ ':path': path });
      const ended = once(stream, 'close');
      let text = '';
      stream.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      await ended;
      return text;
    };
    const texts = await Promise.all(['/a', '/b', '/c'].map(ask));
    assert.ok(isFound);
    const [session] = sessions;
    assert.ok(session !== undefined);
    const state = Object.getOwnPropertySymbols(session)
      .map((key): unknown => Reflect.get(session, key))
      .find((value) => typeof value === 'object' && value !== null && 'streams' in value);
    assert.ok(state !== undefined && Reflect.get(state as object, 'streams') instanceof BriefMap);
    assert.deepEqual(texts, ['here', 'here', 'here']);
    assert.equal(answered, 3);
    // A session that is destroyed ends the streams that are open.
    const hanging = client.request({ ':path': '/hangs' });
    hanging.on('error', () => undefined);
    const [stream] = await once(server, 'stream');
    const closed = once(stream, 'close');
    session.destroy();
    await closed;
    client.destroy();
    server.close();
  });

  it('leaves a session alone that is not as expected', () => {
    assert.equal(stateOf({}), undefined);
    assert.equal(stateOf({ [Symbol('state')]: { streams: { size: 0 } } }), undefined);
    assert.equal(stateOf({ [Symbol('state')]: { streams: new Map([[1, {}]]) } }), undefined);
  });
});
