import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { TLSSocket } from 'node:tls';
import { freePort } from '../../../test/support/free-port.ts';
import { TestAuthority } from '../../../test/support/test-certificates.ts';
import type { Role } from '../../shared/kernel/role.ts';
import { AccessGate } from '../../shared/platform/grpc/tls/access-gate.ts';
import { parseAccessList, tokenDigest } from '../../shared/platform/grpc/tls/access-list.ts';
import type { CertificateSet } from '../../shared/platform/grpc/tls/certificates.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { AccessPeople } from '../adapters/access-people.ts';
import type { Person } from '../core/person.ts';
import { ConsoleServer } from './console-server.ts';
import { StaticFiles } from './static-files.ts';

const pageToken = 'of the page';
const rollback = { kind: 'rollback', model: 'm', fromVersion: 2, reason: 'late answers' };
const folder = mkdtempSync(join(tmpdir(), 'mlmesh-console-tls-'));
const asked: (Person | undefined)[] = [];
let list = listOf({ olga: ['operator'], bob: ['caller'], nobody: [] });
let authority: TestAuthority;
let held: CertificateSet;
let renew: (set: CertificateSet) => void = () => undefined;
let server: ConsoleServer;
let port: number;

/** An access list with a token for each name: `token of <name>`, without spaces. */
function listOf(people: Readonly<Record<string, readonly Role[]>>) {
  const tokens = Object.entries(people).map(([name, roles]) => {
    return { name, roles, sha256: tokenDigest(tokenOf(name)) };
  });
  return parseAccessList(JSON.stringify({ tokens }));
}

function tokenOf(name: string): string {
  return `token-of-${name}`;
}

before(async () => {
  authority = await TestAuthority.make();
  held = await authority.issue('console', { roles: ['caller'], hosts: ['localhost', '127.0.0.1'] });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>console</title>');
  port = await freePort();
  server = new ConsoleServer({
    ...{ host: '127.0.0.1', port, clock: systemClock, files: StaticFiles.read(folder) },
    views: {
      names: new Set(['overview']),
      read(_name, _query, { person }) {
        asked.push(person);
        return Promise.resolve({ atMs: 0 });
      },
      onChange: () => () => undefined,
    },
    actions: {
      run(_wanted, { person }) {
        asked.push(person);
        return Promise.resolve({ text: 'done' });
      },
    },
    people: new AccessPeople(new AccessGate(() => list)),
    tls: {
      certificates: {
        get current() {
          return held;
        },
        onChange(listener) {
          renew = listener;
          return () => undefined;
        },
      },
      hosts: ['console.example'],
    },
    session: { mesh: 'test', token: pageToken, models: ['m'] },
    isReadOnly: false,
    onInternalError: (error) => assert.fail(String(error)),
    onAction: () => undefined,
  });
  await server.start();
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** Serial number of the server's certificate. */
  readonly serial: string;
}

interface Question {
  readonly cookie?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(path: string, { cookie, body, headers = {} }: Question = {}): Promise<Answer> {
  const origin = `https://127.0.0.1:${port}`;
  const posted = { origin, 'content-type': 'application/json', 'x-mlmesh-token': pageToken };
  const asking = request({
    ...{ host: '127.0.0.1', port, path, ca: authority.certificate },
    ...{ servername: 'localhost', agent: false },
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body === undefined ? {} : posted),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
  });
  asking.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  const serial =
    answer.socket instanceof TLSSocket ? answer.socket.getPeerCertificate().serialNumber : '';
  const { statusCode: status, headers: given } = answer;
  return { status, headers: given, body: JSON.parse(await text(answer)), serial };
}

function signIn(name: string): Promise<Answer> {
  return ask('/api/sign-in', { body: { token: tokenOf(name) } });
}

/** The cookie of an answer, as a browser sends it back. */
function cookieIn({ headers }: Answer): string {
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

describe('ConsoleServer with TLS', () => {
  it('shows nothing to whoever has not signed in, and does nothing for them', async () => {
    asked.length = 0;
    const session = await ask('/api/session');
    assert.deepEqual([session.body['hasSignIn'], session.body['person']], [true, undefined]);
    for (const answer of [
      await ask('/api/views/overview'),
      await ask('/api/views/overview', { headers: { accept: 'text/event-stream' } }),
      await ask('/api/views/overview', { cookie: '__Host-mlmesh=guessed' }),
      await ask('/api/actions', { body: rollback }),
    ]) {
      assert.deepEqual([answer.status, answer.body['reason']], [401, 'CREDENTIALS_MISSING']);
    }
    assert.deepEqual(asked, []);
  });

  it('signs in whoever has a token, under a cookie that no script and no other site has', async () => {
    const signed = await signIn('olga');
    assert.deepEqual([signed.status, signed.body['readOnlyBecause']], [200, '']);
    assert.deepEqual(signed.body['person'], { name: 'olga', roles: ['operator'] });
    const [cookie = ''] = signed.headers['set-cookie'] ?? [];
    assert.match(cookie, /^__Host-mlmesh=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    assert.doesNotMatch(JSON.stringify(signed), /token-of-olga/);
    asked.length = 0;
    const kept = { cookie: cookieIn(signed) };
    assert.equal((await ask('/api/views/overview', kept)).status, 200);
    assert.equal((await ask('/api/actions', { ...kept, body: rollback })).status, 200);
    assert.deepEqual(
      asked.map((person) => [person?.name, person?.token]),
      [
        ['olga', tokenOf('olga')],
        ['olga', tokenOf('olga')],
      ],
    );
  });

  it('says why a token does not count, and why somebody only looks', async () => {
    const unknown = await signIn('mallory');
    assert.deepEqual([unknown.status, unknown.body['reason']], [401, 'TOKEN_UNKNOWN']);
    const none = await signIn('nobody');
    assert.deepEqual([none.status, none.body['reason']], [403, 'ROLE_MISSING']);
    const empty = await ask('/api/sign-in', { body: { token: '' } });
    assert.deepEqual([empty.status, empty.body['reason']], [400, 'INVALID_FIELD']);
    const bob = await signIn('bob');
    assert.match(String(bob.body['readOnlyBecause']), /for the role operator, and bob has caller/);
  });

  it('takes no sign-in from another page', async () => {
    const body = { token: tokenOf('olga') };
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'x-mlmesh-token': 'another' },
    ]) {
      const answer = await ask('/api/sign-in', { body, headers });
      assert.deepEqual([answer.status, answer.headers['set-cookie']], [403, undefined]);
    }
  });

  it('lets go of whoever signs out, and of a token that no longer counts', async () => {
    const olga = { cookie: cookieIn(await signIn('olga')) };
    const out = await ask('/api/sign-out', { ...olga, body: {} });
    assert.match(out.headers['set-cookie']?.[0] ?? '', /^__Host-mlmesh=; Max-Age=0; /);
    assert.equal((await ask('/api/views/overview', olga)).status, 401);
    const bob = { cookie: cookieIn(await signIn('bob')) };
    list = listOf({ olga: ['operator'], bob: ['operator'] });
    assert.equal((await ask('/api/session', bob)).body['readOnlyBecause'], '');
    list = listOf({ olga: ['operator'] });
    const gone = await ask('/api/views/overview', bob);
    assert.deepEqual([gone.status, gone.body['reason']], [401, 'TOKEN_UNKNOWN']);
  });

  it('answers under the names of its certificate and those that it is told of, and no others', async () => {
    for (const host of ['localhost:443', 'console.example']) {
      assert.equal((await ask('/api/session', { headers: { host } })).status, 200, host);
    }
    const other = await ask('/api/session', { headers: { host: 'evil.example' } });
    assert.deepEqual([other.status, other.body['reason']], [421, 'HOST_REFUSED']);
    // A probe knows an address alone.
    assert.equal((await ask('/healthz', { headers: { host: '10.0.0.7' } })).status, 200);
  });

  it('takes up a new certificate without a restart', async () => {
    const before = await ask('/healthz');
    held = await authority.issue('console', {
      roles: ['caller'],
      hosts: ['localhost', '127.0.0.1'],
    });
    renew(held);
    const renewed = await ask('/healthz');
    assert.equal(renewed.status, 200);
    assert.notEqual(renewed.serial, before.serial);
  });
});
