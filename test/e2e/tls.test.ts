import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunSummary } from '../../loadtest/runner/report/summary.ts';
import { settingsOf } from '../../services/cli/certs/tls-folder.ts';
import { connect } from '../../services/client/index.ts';
import { accessibilityFaults, ConsoleBrowser } from '../browser/console-browser.ts';
import { skipChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { type CommandRun, mlmesh, mlmeshBeside } from '../support/mesh-process.ts';
import { askFlight, startMs } from '../support/small-flights/ask-flight.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const tls = mkdtempSync(join(tmpdir(), 'mlmesh-tls-e2e-'));
const authority = join(tls, 'authority.pem');
let mesh: SmallFlights;

const certs = (...args: readonly string[]) => {
  const { status, stdout, stderr } = mlmesh('certs', ...args, '--dir', tls);
  assert.equal(status, 0, stderr);
  return stdout.trim();
};
const run = (...args: readonly string[]) => mlmeshBeside(...args, '--data', mesh.data, '--json');

describe('a mesh with TLS', () => {
  before(async () => {
    certs('init');
    certs('person', 'bob', '--role', 'caller');
    certs('person', 'olga', '--role', 'operator');
    mesh = await startSmallFlights({ tls, hasConsole: true });
  });

  after(async () => {
    await mesh[Symbol.asyncDispose]();
    rmSync(tls, { recursive: true });
  });

  it('lets a role do what it may, and records who did it', async () => {
    const rollback = ['models', 'rollback', 'flight-delay', '--reason', 'a drill', '--as'];
    const refused = await run(...rollback, 'bob');
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /ROLE_MISSING/);
    const done = await run(...rollback, 'olga');
    assert.equal(done.status, 0, done.stderr);
    const { stdout } = await run('models', 'history', '--as', 'bob');
    assert.match(stdout, /tls:olga/);
    assert.doesNotMatch(stdout, /tls:bob/);
    const log = readFileSync(join(mesh.data, 'logs', 'registry.log'), 'utf8');
    assert.match(log, /call-denied.*certificate:bob/);
  });

  it('answers a bearer token, and nobody who has neither that nor a certificate', async () => {
    const token = certs('token', 'shop', '--role', 'caller');
    const router = mesh.addresses.router;
    const asked = (given: { readonly token?: string }) =>
      withClient({ router, tls: { authority, ...given } }, (client) =>
        client.predict('flight-delay', askFlight()),
      );
    // The access list is looked at once a second.
    await eventually('the token counts', async () => {
      const answer = await asked({ token }).catch(() => undefined);
      return answer !== undefined;
    });
    await assert.rejects(asked({ token: 'guessed' }), { reason: 'TOKEN_UNKNOWN' });
    await assert.rejects(asked({}), { reason: 'CREDENTIALS_MISSING' });
    await assert.rejects(
      withClient({ router, timeoutMs: 1_000 }, (client) =>
        client.predict('flight-delay', askFlight()),
      ),
      { code: 'UNAVAILABLE' },
    );
  });

  it('lets people sign in at its console, which acts in their name and gives them no right of its own', {
    skip: skipChromium,
  }, async () => {
    const url = `https://${mesh.process.record()?.consoleAddress}`;
    assert.match(mesh.process.status().stdout, new RegExp(`console +${url} +\\d+ +serving`));
    const tokens = {
      carl: certs('token', 'carl', '--role', 'caller'),
      oscar: certs('token', 'oscar', '--role', 'operator'),
    };
    await using browser = await ConsoleBrowser.start(url);
    const page = await browser.open('/models/flight-delay');
    const signIn = async (token: string) => {
      await page.getByLabel('Your token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await signIn('guessed');
    await page.getByText('wanted a bearer token that counts').waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    // The access list is looked at once a second.
    await eventually('carl is let in', async () => {
      await signIn(tokens.carl);
      const button = page.getByRole('button', { name: 'Sign out' });
      return button.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    });
    const quarantine = page.getByRole('button', { name: 'Quarantine v3' });
    await quarantine.click({ force: true });
    await page.getByText('for the role operator, and carl has caller').first().waitFor();
    const refused: unknown = await page.evaluate(refusedAction);
    assert.match(String(refused), /^403 .*Quarantine is for operator.*'carl' has the role caller/);
    await page.goto(`${url}/traces`);
    await page.getByText("ListTraces is for author or operator, and 'carl'").waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(tokens.oscar);
    await page.getByRole('heading', { name: 'Traces' }).waitFor();
    await page.goto(`${url}/models/flight-delay`);
    await quarantine.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why?').fill('wrong answers');
    await dialog.getByRole('button', { name: 'Quarantine v3' }).click();
    await page.getByRole('button', { name: 'Clear v3' }).waitFor();
    const { stdout } = await run('models', 'history');
    assert.match(stdout, /token:oscar/);
    assert.doesNotMatch(stdout, /token:carl|tls:console/);
  });

  it('is loaded with a certificate or a token, and says who is refused and why', async () => {
    const flights = join(tls, 'flights.json');
    const asked = { origin: 'ORD', destination: 'LAX', dateMs: startMs + 3_600_000, distance: 1 };
    writeFileSync(flights, JSON.stringify({ flights: [asked] }));
    const load = (...args: readonly string[]) =>
      run(
        ...['loadtest', 'steady', '--rate', '5', '--duration', '1s', '--no-report'],
        ...['-e', `FLIGHTS=${flights}`, ...args],
      );
    const answered = ({ stdout, stderr }: CommandRun) => {
      const { metrics } = JSON.parse(stdout || JSON.stringify(stderr)) as RunSummary;
      return ['answers', 'denied_predictions'].map((name) => metrics[name]?.values['count'] ?? 0);
    };
    assert.deepEqual(answered(await load('--as', 'bob')), [5, 0]);
    const token = join(tls, 'token');
    writeFileSync(token, `${certs('token', 'load', '--role', 'caller')}\n`);
    let counts: readonly number[] = [];
    await eventually('the token counts', async () => {
      const done = await load('--token-file', token);
      if (done.stdout === '') return false;
      counts = answered(done);
      return true;
    });
    assert.deepEqual(counts, [5, 0]);
    writeFileSync(token, 'guessed\n');
    const refused = await load('--token-file', token);
    assert.equal(refused.status, 107);
    assert.match(
      refused.stderr,
      /the router at \S+ refuses this caller: .*token.*; name a certificate/,
    );
  });

  it('sends its traces over TLS', async () => {
    const date = 'date=2001-06-01T01:00Z';
    const { stdout, stderr } = await run(
      ...['predict', 'flight-delay', 'origin=ORD', 'destination=LAX', date, 'distance=1745'],
    );
    const { traceId } = JSON.parse(stdout || `{"traceId":${JSON.stringify(stderr)}}`) as {
      readonly traceId: string;
    };
    await eventually('the trace of all services is there', async () => {
      const trace = await run('trace', traceId);
      return ['router', 'feature', 'prediction'].every((name) => trace.stdout.includes(name));
    });
  });

  it('takes up renewed certificates in all processes without failing a prediction', async () => {
    const load = new PredictionLoad(mesh.client);
    certs('renew');
    const logs = readdirSync(join(mesh.data, 'logs')).filter((name) => name !== 'training.log');
    await eventually('all services have the new certificates', () =>
      logs.every((name) =>
        readFileSync(join(mesh.data, 'logs', name), 'utf8').includes('tls-reloaded'),
      ),
    );
    // New connections are made with them.
    await withClient(
      { router: mesh.addresses.router, tls: settingsOf(tls, 'people', 'bob') },
      (client) => client.predict('flight-delay', askFlight()),
    );
    const before = load.answers.length;
    await eventually('the load goes on', () => load.answers.length > before + 20);
    await load.stop();
    assert.deepEqual(load.failures, []);
  });
});

/** Runs in the page: asks for an action that its buttons don't offer to whoever has signed in. */
const refusedAction = `(async () => {
  const { token } = await (await fetch('/api/session')).json();
  const answer = await fetch('/api/actions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-mlmesh-token': token },
    body: JSON.stringify({ kind: 'quarantine', model: 'flight-delay', version: 3, isCleared: false, reason: 'mine' }),
  });
  return answer.status + ' ' + (await answer.json()).message;
})()`;

async function withClient<T>(
  options: Parameters<typeof connect>[0],
  use: (client: ReturnType<typeof connect>) => Promise<T>,
): Promise<T> {
  const client = connect(options);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}
