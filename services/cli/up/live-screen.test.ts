import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { LiveScreen } from './live-screen.ts';
import type { ScreenSummary } from './screen.ts';

const summary: ScreenSummary = {
  mesh: 'flights',
  virtualMs: undefined,
  services: [],
  consoleUrl: undefined,
  models: [],
  features: { views: [], featureSets: [], logOffset: 0 },
};
const line = 'no models, serves no feature sets, 0 events\n';

/** Runs a screen until it has looked `looksMax` times; gives what it wrote and how long it waited between looks. */
async function watch(isTerminal: boolean, looksMax: number, read = () => Promise.resolve(summary)) {
  const stop = new AbortController();
  const written: string[] = [];
  const waits: number[] = [];
  const output = {
    out: () => undefined,
    err: (text: string) => void written.push(text),
    isTerminal,
    columns: () => 80,
  };
  const clock = {
    monotonic: () => monotonicMs(0),
    epoch: () => epochMs(0),
    sleep(ms: number) {
      waits.push(ms);
      if (waits.length >= looksMax) stop.abort();
      return Promise.resolve();
    },
  };
  const screen = new LiveScreen({ output, clock }, read);
  await screen.run(stop.signal);
  return { screen, written, waits };
}

describe('LiveScreen', () => {
  it('redraws in place on a terminal, twice a second', async () => {
    const { written, waits } = await watch(true, 2);
    assert.deepEqual(waits, [500, 500]);
    const [first = '', erase, second] = written;
    const lines = first.split('\n').length - 1;
    assert.equal(erase, `\u001b[${lines}A\u001b[J`);
    assert.equal(second, first);
  });

  it('writes a line every 10 s elsewhere, and never moves the cursor', async () => {
    const { written, waits } = await watch(false, 2);
    assert.deepEqual(waits, [10_000, 10_000]);
    assert.deepEqual(written, [line, line]);
  });

  it('keeps a printed line above what is redrawn', async () => {
    const { screen, written } = await watch(true, 1);
    screen.print('router crashed');
    assert.match(written[1] ?? '', /\[J$/);
    assert.equal(written[2], 'router crashed\n');
  });

  it('goes on when the monitor does not answer', async () => {
    const { written } = await watch(false, 1, () => Promise.reject(new Error('no connection')));
    assert.deepEqual(written, ['no figures now: no connection\n']);
  });
});
