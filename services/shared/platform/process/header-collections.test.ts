import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { headerCallsMax, noteHeaders } from './header-collections.ts';
import { letSmallHeapGrow } from './heap-growth.ts';
import { onMajorCollection } from './major-collections.ts';

/** What a service keeps while calls come and go: some MiB that grow old, far from what makes V8 collect by itself. */
async function growOld(kept: number[][]): Promise<void> {
  for (let made = 0; made < 20_000; made += 1) {
    kept.push(new Array<number>(64).fill(made));
    if (made % 500 === 0) await delay(5);
  }
}

function note(calls: number): void {
  for (let call = 0; call < calls; call += 1) noteHeaders();
}

describe('noteHeaders', () => {
  it('has the heap collected once many calls came, or some and long after the last time, and only then', async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    assert.ok(typeof collect === 'function');
    const endGrowth = letSmallHeapGrow();
    let majors = 0;
    collect();
    await delay(50);
    const end = onMajorCollection(() => {
      majors += 1;
    });
    try {
      const kept: number[][] = [];
      note(1_024);
      await growOld(kept);
      await delay(200);
      assert.equal(majors, 1, 'some calls, and no collection is known');
      note(headerCallsMax - 1);
      await growOld(kept);
      assert.equal(majors, 1, 'what was collected counts no more');
      note(1);
      await growOld(kept);
      await delay(200);
      assert.equal(majors, 2, 'many calls');
      assert.equal(kept.length, 60_000);
    } finally {
      end();
      endGrowth();
    }
  });
});
