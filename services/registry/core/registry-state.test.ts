import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { provenance } from '../../../test/support/provenance.ts';
import { chain, type RegistryFact } from './registry-event.ts';
import { type PageQuery, RegistryState, type VersionPage } from './registry-state.ts';

const everything = { model: '', from: '', versionsMax: 1_000, bytesMax: 1e9, isAliasedOnly: false };

/** Gives a state of three models, b with 3 versions, a with 2 and c with 1, and some aliases. */
function arrange(): RegistryState {
  const state = new RegistryState();
  const add = (fact: RegistryFact) => {
    const sequence = state.sequence + 1;
    state.apply(chain(state.hash, { sequence, atMs: 1, actor: 'a', fact }));
  };
  for (const [model, count] of [
    ['b', 3],
    ['a', 2],
    ['c', 1],
  ] as const) {
    for (let version = 1; version <= count; version += 1) {
      const head = { registeredAtMs: 1, registeredBy: 'a', signatureDigest: 'e'.repeat(64) };
      const registered = { ...head, model, version, provenance: provenance() };
      add({ kind: 'version-registered', version: registered });
    }
  }
  const held = (model: string, alias: 'production' | 'shadow' | 'canary', version: number) =>
    ({ model, alias, version, generation: 1 }) as const;
  const aliases = [held('b', 'production', 3), held('b', 'shadow', 1), held('b', 'canary', 3)];
  add({ kind: 'aliases-moved', aliases, reason: 'r', isRollback: false });
  // Points nowhere: no version 0 is to come of it.
  add({ kind: 'aliases-moved', aliases: [held('c', 'shadow', 0)], reason: 'r', isRollback: false });
  return state;
}

const names = ({ versions }: Pick<VersionPage, 'versions'>) =>
  versions.map(({ model, version }) => `${model}${version}`);

/** Gives what all pages have, and how many there were. */
function walk(state: RegistryState, query: Partial<PageQuery>) {
  const seen: string[] = [];
  for (let from = '', pages = 1; ; pages += 1) {
    assert.ok(pages <= 10, 'pages without end');
    const page = state.page({ ...everything, ...query, from });
    seen.push(...names(page));
    from = page.nextPage;
    if (from === '') return { seen, pages };
  }
}

describe('a page of versions', () => {
  const all = ['a1', 'a2', 'b1', 'b2', 'b3', 'c1'];

  it('is one of all versions of all models, each once', () => {
    const state = arrange();
    assert.deepEqual(
      state.versions('').map(({ model, version }) => `${model}${version}`),
      all,
    );
    for (const versionsMax of [1, 2, 3, 4, 6, 7]) {
      const { seen, pages } = walk(state, { versionsMax });
      assert.deepEqual([seen, pages], [all, Math.ceil(all.length / versionsMax)]);
    }
    assert.deepEqual(names(state.page({ ...everything, model: 'b', from: 'b/3' })), ['b3']);
    assert.deepEqual(names(state.page({ ...everything, model: 'nothing' })), []);
  });
  it('ends before it would have too many bytes, and has one version at least', () => {
    const state = arrange();
    const { versions } = state.page({ ...everything, versionsMax: 1 });
    const bytes = versions[0]?.bytes.length ?? 0;
    assert.ok(bytes > 100);
    assert.deepEqual(walk(state, { bytesMax: 2 * bytes }), { seen: all, pages: 3 });
    assert.deepEqual(walk(state, { bytesMax: 1 }), { seen: all, pages: 6 });
  });
  it('has the versions that an alias points to, each once, where only those are asked for', () => {
    const state = arrange();
    for (const versionsMax of [1, 2, 7]) {
      assert.deepEqual(walk(state, { isAliasedOnly: true, versionsMax }).seen, ['b1', 'b3']);
    }
    assert.deepEqual(walk(state, { isAliasedOnly: true, model: 'c' }).seen, []);
  });
  it('says where each version stands', () => {
    const { versions } = arrange().page({ ...everything, model: 'b' });
    assert.deepEqual(
      versions.map(({ state }) => state),
      ['shadow', 'registered', 'production'],
    );
  });
});
