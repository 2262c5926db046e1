import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { type RegistryFeedOptions, WatchedRegistryFeed } from './registry-feed.ts';

const alias = (version: number) => ({ model: 'm', alias: 'production', version });
const list = (sequence: number, version: number) => ({
  versions: [],
  aliases: [alias(version)],
  traffic: [],
  sequence,
  nextPage: '',
});

/** Follows a registry that tells of event 2 and lists what `lists` give, the last of them for ever; a view is where the alias points, 0 where it is of no version that is listed. */
async function follow(lists: readonly object[], untilView: number) {
  const leaving = new AbortController();
  const views: number[] = [];
  const logged: string[] = [];
  let asked = 0;
  const registry = {
    listVersions: () => Promise.resolve(lists[Math.min(asked++, lists.length - 1)]),
    async *watch() {
      yield await Promise.resolve({
        event: { sequence: 2, aliasesMoved: { aliases: [alias(2)] } },
      });
    },
  } as unknown as RegistryFeedOptions['registry'];
  const feed = new WatchedRegistryFeed({
    registry,
    clock: {
      epoch: () => epochMs(0),
      monotonic: () => monotonicMs(0),
      sleep: () => Promise.resolve(),
    },
    file: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
    log: {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (event, fields) => void logged.push(`${event} ${JSON.stringify(fields)}`),
    },
  });
  await feed.follow(({ aliases }) => {
    views.push(aliases[0]?.version ?? 0);
    if (views.length === untilView) leaving.abort();
  }, leaving.signal);
  return { views, asked, logged };
}

describe('WatchedRegistryFeed', () => {
  it('lists again where the registry that answers does not know of the event yet', async () => {
    const { views, asked } = await follow([list(1, 1), list(1, 1), list(1, 1), list(2, 2)], 2);
    assert.deepEqual(views, [0, 2]);
    assert.equal(asked, 4);
  });

  it('begins anew, and says why, where it never does', async () => {
    const { views, logged } = await follow([list(1, 1)], 2);
    assert.deepEqual(views, [0, 0]);
    assert.match(logged.join(), /registry-lost.*as of event 2, got that as of 1 for 5 s/);
  });
});
