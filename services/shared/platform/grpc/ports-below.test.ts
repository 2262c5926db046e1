import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { Server } from '@grpc/grpc-js';
import { portsBelow } from './ports-below.ts';

const connectionListener = (): void => {};

/** A server of HTTP/2, as far as it is looked at. */
function emitter(listeners: Readonly<Record<string, readonly (() => void)[]>>): EventEmitter {
  const one = new EventEmitter();
  for (const [event, all] of Object.entries(listeners)) for (const each of all) one.on(event, each);
  return one;
}

describe('portsBelow', () => {
  it('finds nothing in a server whose inside is not as expected, and says why', () => {
    const server = new Server();
    const whyOf = (field: unknown): string => {
      Reflect.set(server, 'http2Servers', field);
      const found = portsBelow(server);
      return found.kind === 'unknown' ? found.why : 'found';
    };
    const mapOf = (one: object): Map<object, object> => new Map([[one, {}]]);
    assert.match(whyOf(new Map()), /got an empty one/);
    assert.match(whyOf(undefined), /got undefined/);
    assert.match(whyOf(mapOf({})), /emits no events/);
    assert.match(whyOf(mapOf(emitter({ stream: [() => {}, () => {}] }))), /got 2/);
    const [stream] = [[() => {}]];
    assert.match(whyOf(mapOf(emitter({ stream }))), /for 'connection', got 0/);
    assert.match(
      whyOf(mapOf(emitter({ stream, connection: [connectionListener, connectionListener] }))),
      /got 2/,
    );
    const secureConnection = [() => {}];
    assert.match(
      whyOf(mapOf(emitter({ stream, connection: [connectionListener], secureConnection }))),
      /for 'secureConnection', got 0/,
    );
    assert.equal(whyOf(mapOf(emitter({ stream, connection: [connectionListener] }))), 'found');
  });
});
