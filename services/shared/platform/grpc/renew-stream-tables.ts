import type { ServerHttp2Session } from 'node:http2';

/** Streams after which the tables of a connection are made anew; for the reason see BriefSet. */
export const renewAfterStreams = 128;

/** Tables in which Node keeps the streams of a connection, in its state. */
const tableFields = ['streams', 'pendingStreams'] as const;

/**
 * Gives what makes the tables anew in which Node keeps the streams of a connection: their dead predecessors keep streams that are over alive to the collections of the young
 * generation. The tables are no public API: what is not as expected is left as it is.
 */
export function streamTableRenewal(session: ServerHttp2Session): () => void {
  const state = stateOf(session);
  if (state === undefined) return () => undefined;
  return () => {
    for (const field of tableFields) {
      const fresh = copyOf(Reflect.get(state, field));
      if (fresh !== undefined) Reflect.set(state, field, fresh);
    }
  };
}

function stateOf(session: ServerHttp2Session): object | undefined {
  for (const symbol of Object.getOwnPropertySymbols(session)) {
    if (symbol.description !== 'state') continue;
    const state: unknown = Reflect.get(session, symbol);
    if (typeof state === 'object' && state !== null && 'streams' in state) return state;
  }
  return undefined;
}

/** Gives a copy of a map or set of Node's own kind, which is no instance of Map or Set; undefined for anything else. */
function copyOf(table: unknown): object | undefined {
  if (!isTable(table)) return undefined;
  const copy: unknown = Reflect.construct(table.constructor, [table]);
  return isTable(copy) && copy.size === table.size ? copy : undefined;
}

function isTable(
  value: unknown,
): value is { readonly size: number; readonly constructor: new () => object } {
  if (typeof value !== 'object' || value === null) return false;
  const kind: unknown = value.constructor;
  return (
    typeof kind === 'function' &&
    ['SafeMap', 'SafeSet', 'Map', 'Set'].includes(kind.name) &&
    typeof Reflect.get(value, 'size') === 'number'
  );
}
