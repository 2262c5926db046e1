import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { GrpcConnection } from './grpc-connection.ts';

async function listen(server: Http2Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('GrpcConnection', () => {
  it('leaves no connection behind that was being made while it closed', async () => {
    const server = createServer();
    const ended = once(server, 'session').then(([session]) => once(session, 'close'));
    const connection = new GrpcConnection(await listen(server), 5_000);
    const opening = connection.open();
    connection.close();
    await assert.rejects(opening, /it closed the connection/);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 200))]);
    await assert.rejects(connection.open(), /was closed/);
    server.close();
    await once(server, 'close');
  });
});
