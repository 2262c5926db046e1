import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../../test/support/free-port.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import type { ReasonedAction } from '../core/actions.ts';
import { ConsoleServer } from './console-server.ts';
import { StaticFiles } from './static-files.ts';

const token = 'of the page';
const rollback = { kind: 'rollback', model: 'm', fromVersion: 2, reason: 'late answers' };
const ran: ReasonedAction[] = [];
const listeners = new Set<() => void>();
const state = { version: 1 };
let server: ConsoleServer;
let folder: string;
let base: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mlmesh-console-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(join(folder, 'app.js'), 'export {};');
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  server = new ConsoleServer({
    ...{ host: '127.0.0.1', port, clock: systemClock, files: StaticFiles.read(folder) },
    views: {
      names: new Set(['overview']),
      read: () => Promise.resolve({ ...state, atMs: Date.now() }),
      onChange(listen) {
        listeners.add(listen);
        return () => listeners.delete(listen);
      },
    },
    actions: {
      run(wanted) {
        ran.push(wanted);
        if (wanted.reason !== 'refuse it') return Promise.resolve({ text: 'done' });
        throw new MeshError({
          code: 'FAILED_PRECONDITION',
          reason: 'CHECKLIST_INCOMPLETE',
          message: 'parity is missing',
        });
      },
    },
    ...{ people: undefined, tls: undefined, isReadOnly: false },
    session: { mesh: 'test', token, models: ['m'] },
    onInternalError: (error) => assert.fail(String(error)),
    onAction: () => undefined,
  });
  await server.start();
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function act(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${base}/api/actions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: base,
      'x-mlmesh-token': token,
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

describe('ConsoleServer', () => {
  it('gives its page for every path of the console, under a policy that lets nothing else in', async () => {
    for (const path of ['/', '/models/flight-delay', '/no/such/page']) {
      const answer = await fetch(`${base}${path}`);
      assert.match(await answer.text(), /<title>console/);
      const policy = answer.headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    }
    const script = await fetch(`${base}/app.js`);
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.equal((await fetch(`${base}/other.js`)).status, 404);
    assert.equal((await fetch(`${base}/../../etc/passwd.js`)).status, 404);
  });

  it('answers with a view, and with 404 where there is none', async () => {
    const view = await (await fetch(`${base}/api/views/overview`)).json();
    assert.equal(Object(view).version, 1);
    assert.equal((await fetch(`${base}/api/views/secrets`)).status, 404);
    assert.equal(
      (
        await fetch(`${base}/api`, {
          method: 'DELETE',
          headers: { origin: base, 'x-mlmesh-token': token },
        })
      ).status,
      405,
    );
  });

  it('does what its own page asks for', async () => {
    ran.length = 0;
    const answer = await act(rollback);
    assert.deepEqual([answer.status, await answer.json()], [200, { text: 'done' }]);
    const { reason, ...action } = rollback;
    assert.deepEqual(ran, [{ action, reason }]);
  });

  it('does nothing for another page, without the token, or with a body that is no action', async () => {
    ran.length = 0;
    const refused = [
      await act(rollback, { origin: 'http://evil.example' }),
      await act(rollback, { 'sec-fetch-site': 'cross-site' }),
      await act(rollback, { 'x-mlmesh-token': 'another' }),
      await act({ ...rollback, reason: '' }),
      await act(rollback, { 'content-type': 'text/plain' }),
      await act({ ...rollback, padding: 'x'.repeat(20_000) }),
    ];
    assert.deepEqual(
      refused.map(({ status }) => status),
      [403, 403, 403, 400, 400, 400],
    );
    assert.deepEqual(ran, []);
  });

  it('refuses the name of another host', async () => {
    const { port } = new URL(base);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: `evil.example:${port}` };
      request({ host: '127.0.0.1', port, path: '/api/session', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
    assert.equal(status, 421);
  });

  it('passes on why a service refuses', async () => {
    const answer = await act({ ...rollback, reason: 'refuse it' });
    assert.equal(answer.status, 409);
    const expected = { reason: 'CHECKLIST_INCOMPLETE', message: 'parity is missing' };
    assert.deepEqual(await answer.json(), expected);
  });

  it('streams a view at once, and anew as soon as something changes', async () => {
    const versions: number[] = [];
    for await (const { version } of streamed('overview')) {
      versions.push(version);
      if (versions.length === 2) break;
      state.version = 2;
      for (const listen of listeners) listen();
    }
    assert.deepEqual(versions, [1, 2]);
  });
});

/** Gives the views of a stream as they come, and leaves it when nobody wants more. */
async function* streamed(name: string): AsyncGenerator<typeof state> {
  const left = new AbortController();
  const headers = { accept: 'text/event-stream' };
  const answer = await fetch(`${base}/api/views/${name}`, { headers, signal: left.signal });
  assert.ok(answer.body !== null);
  let text = '';
  try {
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const events = `${text}${chunk}`.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const [, data] = /^event: view\ndata: (.*)$/.exec(event) ?? [];
        if (data !== undefined) yield JSON.parse(data);
      }
    }
  } finally {
    left.abort();
  }
}
