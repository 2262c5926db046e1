import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { LmdbAlerts } from '../adapters/lmdb-alerts.ts';
import type { AlertRecord } from '../core/alert-record.ts';
import type { FiringAlert } from '../core/alert-source.ts';
import { AlertCenter } from './alert-center.ts';

const alert = (subject: string): FiringAlert => ({
  rule: 'service-silent',
  model: '',
  subject,
  severity: 'PAGE',
  message: `${subject} is silent`,
  evidence: { heardMs: 0, silentMs: 20_000, silentMsMax: 10_000 },
});

async function withCenter(
  work: (made: {
    readonly open: () => { readonly center: AlertCenter; readonly failures: string[] };
    readonly found: FiringAlert[];
    readonly clock: ManualClock;
    readonly restart: () => Promise<AlertCenter>;
  }) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mlmesh-alerts-'));
  const found: FiringAlert[] = [];
  const clock = new ManualClock();
  let files = KeyValueStore.open({ directory });
  let isBroken = false;
  const open = () => {
    const failures: string[] = [];
    const center = new AlertCenter({
      keepMs: 86_400_000,
      sources: [
        {
          firing: () => {
            if (found.length === 0 && isBroken) throw new Error('broken');
            isBroken = found.some(({ message }) => message === 'break');
            return [...found];
          },
        },
      ],
      store: new LmdbAlerts(files),
      clock,
      log: { error: (event) => void failures.push(event) },
    });
    center.restore();
    return { center, failures };
  };
  const restart = async () => {
    await files[Symbol.asyncDispose]();
    files = KeyValueStore.open({ directory });
    return open().center;
  };
  try {
    await work({ open, found, clock, restart });
  } finally {
    await files[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  }
}

describe('AlertCenter', () => {
  it('keeps alerts and silences over a restart', () =>
    withCenter(async ({ open, found, clock, restart }) => {
      const { center } = open();
      await clock.advance(1_000);
      found.push(alert('router'), alert('feature'));
      center.evaluate();
      const wanted = { rule: '', model: '', subject: 'router', durationMs: 60_000 };
      await center.silence({ ...wanted, actor: 'local:me', reason: 'known' });
      await center.settled();
      const next = await restart();
      const bare = ({ seenMs: _, ...rest }: AlertRecord) => rest;
      assert.deepEqual(next.active().map(bare), center.active().map(bare));
      next.evaluate();
      const states = next.active().map(({ subject, state }) => [subject, state]);
      assert.deepEqual(states, [
        ['feature', 'FIRING'],
        ['router', 'SILENCED'],
      ]);
      assert.equal(next.silences()[0]?.actor, 'local:me');
      found.length = 0;
      await clock.advance(61_000);
      next.evaluate();
      assert.deepEqual(
        next.resolved().map(({ subject }) => subject),
        ['feature', 'router'],
      );
    }));

  it('tells a watcher all that there is, then each change, and the last one only when it is slow', () =>
    withCenter(async ({ open, found }) => {
      const { center } = open();
      found.push(alert('router'));
      center.evaluate();
      const leaving = new AbortController();
      const watched = center.watch(leaving.signal);
      const subjects = async () => {
        const { value } = await watched.next();
        return value?.alerts.map(
          ({ subject, state }: { subject: string; state: string }) => `${subject} ${state}`,
        );
      };
      assert.deepEqual(await subjects(), ['router FIRING']);
      found.push(alert('feature'));
      center.evaluate();
      found.length = 0;
      center.evaluate();
      assert.deepEqual(await subjects(), ['feature RESOLVED', 'router RESOLVED']);
      const next = watched.next();
      leaving.abort();
      assert.equal((await next).done, true);
    }));

  it('takes a source that fails to find what it found last, and says so', () =>
    withCenter(async ({ open, found }) => {
      const { center, failures } = open();
      found.push({ ...alert('router'), message: 'break' });
      center.evaluate();
      found.length = 0;
      center.evaluate();
      assert.deepEqual(failures, ['alert-source-failed']);
      assert.equal(center.active().length, 1);
    }));

  it('says which alert or silence it does not know', () =>
    withCenter(async ({ open }) => {
      const { center } = open();
      assert.throws(() => center.alert('alert-1'), { reason: 'ALERT_UNKNOWN' });
      assert.throws(() => center.alert('x'), { reason: 'ALERT_UNKNOWN' });
      await assert.rejects(center.endSilence('silence-1', 'me'), { reason: 'SILENCE_UNKNOWN' });
    }));
});
