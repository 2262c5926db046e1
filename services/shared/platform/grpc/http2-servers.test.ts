import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Server } from '@grpc/grpc-js';
import { http2ServersOf } from './http2-servers.ts';

describe('http2ServersOf', () => {
  it('finds nothing in a server whose inside is not as expected, and says why', () => {
    const server = new Server();
    const whyOf = (field: unknown): string => {
      Reflect.set(server, 'http2Servers', field);
      const found = http2ServersOf(server);
      return found.kind === 'unknown' ? found.why : 'found';
    };
    assert.match(whyOf(new Map()), /got an empty one/);
    assert.match(whyOf(undefined), /got undefined/);
    assert.match(whyOf(new Map([[{}, {}]])), /emits no events/);
  });
});
