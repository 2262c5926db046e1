import type { EventEmitter } from 'node:events';
import type { ServerHttp2Session } from 'node:http2';
import { BriefMap } from '../../policy/brief-map.ts';

/** What Node's HTTP/2 calls on the table of a session's open streams, by their number. */
const used = ['get', 'set', 'delete', 'forEach'] as const;

/**
 * Has the connections to HTTP/2 servers keep their open streams in a {@link BriefMap}, from now on. Node keeps them in a Map, which is
 * what a connection that lasts needs least: half of its requests outlive their answer. This is a private field of Node's; where it is
 * not as it was, nothing is changed and collections cost what they did.
 */
export function keepStreamsBriefly(servers: readonly EventEmitter[]): void {
  for (const server of servers) {
    server.on('session', (session: ServerHttp2Session) => {
      const state = stateOf(session);
      if (state !== undefined) Reflect.set(state, 'streams', new BriefMap<number, object>());
    });
  }
}

/** Gives the state of a session that has no stream yet; undefined where it is not as expected. */
export function stateOf(session: object): object | undefined {
  for (const key of Object.getOwnPropertySymbols(session)) {
    if (key.description !== 'state') continue;
    const state: unknown = Reflect.get(session, key);
    if (typeof state !== 'object' || state === null) continue;
    const streams: unknown = Reflect.get(state, 'streams');
    if (isEmptyTable(streams)) return state;
  }
  return undefined;
}

function isEmptyTable(table: unknown): boolean {
  if (typeof table !== 'object' || table === null) return false;
  return (
    Reflect.get(table, 'size') === 0 &&
    used.every((name) => typeof Reflect.get(table, name) === 'function')
  );
}
