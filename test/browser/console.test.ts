import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { skipChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';
import { accessibilityFaults, ConsoleBrowser, looks, show } from './console-browser.ts';

const model = 'flight-delay';
/** What each page shows once the mesh's data have come. */
const pages = [
  { path: '/', shows: /version 2 in production.*Latency p99.*serving.*router/s },
  {
    path: `/models/${model}`,
    shows:
      /production.*v2.*Cohorts.*version 2.*Checklist.*parity.*Pairs.*Gates.*shadow-latency.*Quality.*version 2.*Lift.*No control cohort.*Drift.*Verdicts.*guard of version 2.*version 2.*registered/s,
  },
  { path: '/features', shows: /audited.*routeDelayStddev30d.*flights\/origin.*Freshness.*UTC/s },
  { path: '/traces', shows: /newest [1-9].*router predict/s },
  { path: '/alerts', shows: /Alerts.*Silences.*nothing is silenced/s },
] as const;

describe('the console in a browser', { skip: skipChromium }, () => {
  let mesh: SmallFlights;
  let load: PredictionLoad;
  let browser: ConsoleBrowser;
  let url: string;
  before(async () => {
    mesh = await startSmallFlights({ hasConsole: true });
    load = new PredictionLoad(mesh.client);
    url = `http://${mesh.process.record()?.consoleAddress}`;
    const serves = async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true;
    await eventually('the console serves', serves, 30_000);
    browser = await ConsoleBrowser.start(url);
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await load?.stop();
    await mesh?.[Symbol.asyncDispose]();
  });

  async function run(...args: readonly string[]): Promise<void> {
    const { status, stderr } = await mlmeshBeside(...args, '--data', mesh.data);
    assert.equal(status, 0, stderr);
  }

  /** Resolves when all that the model answered lately came from a version: a busy machine may leave some to the fallback. */
  async function answersFrom(version: number): Promise<void> {
    const isFrom = () => {
      const last = load.answers.slice(-20).filter(({ prediction }) => prediction.tier === 'model');
      return last.length > 0 && last.every(({ prediction }) => prediction.version === version);
    };
    await eventually(`version ${version} answers`, isFrom, 30_000);
  }

  it('has its address in what `up` prints, and in `mlmesh status`', () => {
    assert.ok(mesh.process.text.includes(url), mesh.process.text);
    assert.match(mesh.process.status().stdout, new RegExp(`console +${url} +\\d+ +serving`));
  });

  it('shows what the mesh does on every page, on a desktop by day and a phone by night', async () => {
    for (const { path, shows } of pages) {
      const page = await browser.open(path);
      for (const look of looks) {
        const name = `${path} at ${look.width} px, ${look.colors}`;
        await show(page, look);
        const hasData = async () => shows.test((await page.locator('main').textContent()) ?? '');
        await eventually(`${name} has its data`, hasData, 30_000);
        assert.deepEqual(await accessibilityFaults(page), [], name);
        const pageWidth = await page.evaluate('document.documentElement.scrollWidth');
        assert.ok(Number(pageWidth) <= look.width, `${name} is ${pageWidth} px wide`);
      }
      await page.close();
    }
    assert.deepEqual(browser.complaints, []);
  });

  it('takes a bad version back with one click, and fails no prediction', async (t) => {
    await run('models', 'promote', model, '3', '--force', '--reason', 'to be taken back');
    const page = await browser.open('/');
    const section = page.locator('section', { hasText: 'in production' });
    await section.getByText('version 3', { exact: true }).waitFor();
    await answersFrom(3);
    await page.getByRole('button', { name: `Roll back ${model}` }).click();
    const dialog = page.getByRole('dialog');
    assert.match(
      (await dialog.textContent()) ?? '',
      /Version 3 leaves production.*version 2 answers again/s,
    );
    assert.deepEqual(await accessibilityFaults(page), []);
    await dialog.getByLabel('Why?').fill('late answers');
    const clickedMs = Date.now();
    await dialog.getByRole('button', { name: `Roll back ${model}` }).click();
    await section.getByText('version 2', { exact: true }).waitFor();
    const shownMs = Date.now() - clickedMs;
    t.diagnostic(`the page showed the rollback ${shownMs} ms after the click`);
    await answersFrom(2);
    assert.deepEqual(load.failures, []);
    const { events } = await mesh.services.registry.history({ model });
    const moved = events.findLast(({ aliasesMoved }) => aliasesMoved !== null)?.aliasesMoved;
    assert.deepEqual([moved?.isRollback, moved?.reason], [true, 'late answers']);
    await page.goto(`${url}/models/${model}`);
    await page.locator('.timeline').getByText('late answers').waitFor();
  });

  it('shows a trace through processes and threads, found by the id of its prediction', async () => {
    const kept = async () => {
      const { traces } = await mesh.services.monitor.listTraces({ tracesMax: 1_000 });
      return traces.find(({ processes, threads }) => processes >= 3 && threads > processes);
    };
    await eventually('a trace is kept', async () => (await kept()) !== undefined, 30_000);
    const page = await browser.open('/traces');
    await page.getByLabel('Trace or prediction id').fill((await kept())?.traceId ?? '');
    await page.getByRole('button', { name: 'Find' }).click();
    const rows = page.locator('.waterfall tbody');
    await rows.getByText('feature read').waitFor();
    assert.match((await rows.textContent()) ?? '', /inference.*prediction \d+, thread \d+/s);
    assert.deepEqual(await accessibilityFaults(page), []);
  });

  it('shows an alert as soon as its cause is there, says why it fires, and silences it', async () => {
    const page = await browser.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const pid = mesh.process.pidOf('prediction');
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGSTOP');
    try {
      const alert = page.getByRole('link', { name: 'degraded-answers' });
      await alert.waitFor({ timeout: 60_000 });
      await page.getByRole('button', { name: /Silence +degraded-answers/ }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Why?').fill('the test did it');
      await dialog.getByRole('button', { name: 'Silence' }).click();
      await page.getByText('the test did it').waitFor();
      await alert.click();
      await page.getByText('decided again: the same').waitFor();
    } finally {
      // Its supervisor may have replaced it meanwhile, since it did not answer.
      if (mesh.process.pidOf('prediction') === pid) process.kill(pid, 'SIGCONT');
    }
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(load.failures, []);
  });

  it('is worked by the keyboard alone: a dialog takes the focus, Escape leaves it, nothing happens', async () => {
    const page = await browser.open(`/models/${model}`);
    const button = page.getByRole('button', { name: 'Quarantine v3' });
    await button.focus();
    await page.keyboard.press('Enter');
    const focused = () => page.evaluate('document.activeElement?.closest("dialog") !== null');
    await page.getByRole('dialog').waitFor();
    assert.equal(await focused(), true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const { version } = await mesh.services.registry.getVersion({ model, version: 3 });
    assert.notEqual(version?.state, 'VERSION_STATE_QUARANTINED');
  });

  it('offers no promotion that the checklist does not allow', async () => {
    const page = await browser.open(`/models/${model}?version=3`);
    const button = page.getByRole('button', { name: 'Promote version 3' });
    await button.waitFor();
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    // Forced, since playwright itself waits for a button that says that it can't be used.
    await button.click({ force: true });
    assert.equal(await page.getByRole('dialog').count(), 0);
  });

  it('follows the mesh again after the console was restarted, and acts with the token of the new one', async () => {
    const page = await browser.open('/');
    await page.getByText('flight-delay').first().waitFor();
    await run('restart', 'console');
    await page.getByRole('button', { name: `Roll back ${model}` }).click();
    await page.getByRole('dialog').getByLabel('Why?').fill('nothing was there before');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Roll back ${model}` })
      .click();
    await page.getByText('no version in production: the fallback answers').waitFor();
    assert.deepEqual(load.failures, []);
  });
});
