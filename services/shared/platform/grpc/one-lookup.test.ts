import assert from 'node:assert/strict';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, it } from 'node:test';
import { oneLookup } from './one-lookup.ts';

type Found = (error: null, address: string, family: number) => void;

const stock = dns.lookup;
afterEach(() => {
  dns.lookup = stock;
  syncBuiltinESMExports();
});

it('looks up one name at a time, for the latest who asked', () => {
  const waiting: Found[] = [];
  dns.lookup = ((_host: string, _options: object, done: Found) => {
    waiting.push(done);
  }) as unknown as typeof stock;
  syncBuiltinESMExports();
  const lookup = oneLookup();
  const told: string[] = [];
  const ask = (who: string) =>
    lookup('feature', {}, (_error, found) => told.push(`${who}: ${String(found)}`));
  for (const who of ['first', 'second', 'third']) ask(who);
  assert.equal(waiting.length, 1);
  waiting[0]?.(null, '127.0.0.1', 4);
  assert.deepEqual(told, ['third: 127.0.0.1']);
  ask('fourth');
  assert.equal(waiting.length, 2);
  waiting[1]?.(null, '127.0.0.2', 4);
  assert.deepEqual(told, ['third: 127.0.0.1', 'fourth: 127.0.0.2']);
});
