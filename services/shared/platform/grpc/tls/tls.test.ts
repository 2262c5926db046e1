import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  SwappedCertificates,
  TestAuthority,
  type TestCertificate,
} from '../../../../../test/support/test-certificates.ts';
import { MeshError } from '../../../kernel/mesh-error.ts';
import { durationMs } from '../../../kernel/units.ts';
import { systemClock } from '../../process/system-clock.ts';
import { connectService } from '../client.ts';
import { implementPartly } from '../implement.ts';
import { createServer, type MeshServer } from '../server.ts';
import { AccessGate, type Denial } from './access-gate.ts';
import { type AccessList, emptyAccessList, tokenDigest } from './access-list.ts';
import type { ClientTls } from './secure-options.ts';

const host = ['127.0.0.1'];
const serviceName = 'mlmesh.registry.v1.RegistryService';
const token = (name: string, roles: readonly 'operator'[], expiresMs = Number.POSITIVE_INFINITY) =>
  [tokenDigest(`secret of ${name}`.replaceAll(' ', '-')), { name, roles, expiresMs }] as const;

let authority: TestAuthority;
let stranger: TestAuthority;
let list: AccessList = emptyAccessList;
const denials: Denial[] = [];
const servers: MeshServer[] = [];

/** Starts a registry that answers who called. */
async function serving(given: TestCertificate): Promise<MeshServer> {
  const server: MeshServer = createServer({
    name: 'registry',
    address: '127.0.0.1:0',
    clock: systemClock,
    tls: {
      certificates: new SwappedCertificates(await authority.issue('registry', given)),
      gate: new AccessGate(() => list),
    },
    services: [
      implementPartly(serviceName, {
        listVersions: (_request, { identity }) => ({
          versions: [{ model: `${identity?.kind}:${identity?.name}` }],
        }),
        rollback: () => ({}),
        async upload(parts, { identity }) {
          let receivedBytes = 0;
          for await (const { chunk } of parts) receivedBytes += chunk?.length ?? 0;
          return { receivedBytes, isComplete: identity?.name === 'ada' };
        },
      }),
    ],
    observer: { start: () => undefined, denied: (denial) => void denials.push(denial) },
  });
  await server.start();
  servers.push(server);
  return server;
}

/** Asks as somebody; resolves with who that is to the server. */
async function askedAs(
  tls: ClientTls | undefined,
  ask: 'list' | 'rollback' | 'upload' = 'list',
  address = servers[0]?.address ?? '',
): Promise<string | undefined> {
  const client = connectService(serviceName, [address], {
    clock: systemClock,
    connectMsMax: durationMs(1_500),
    attemptsMax: 1,
    tls,
  });
  try {
    if (ask === 'rollback') await client.rollback({ model: 'm', reason: 'r' });
    if (ask === 'upload') return JSON.stringify(await client.upload(oneUpload()));
    return (await client.listVersions({})).versions[0]?.model;
  } finally {
    client.close();
  }
}

async function* oneUpload() {
  yield { chunk: Buffer.alloc(1_000) };
}

const as = async (name: string, given?: TestCertificate, by = authority): Promise<ClientTls> => ({
  current: { ...(await by.issue(name, given)), authority: authority.certificate },
});

before(async () => {
  authority = await TestAuthority.make();
  stranger = await TestAuthority.make();
  await serving({ hosts: host });
});

after(async () => {
  for (const server of servers) await server.stop(100);
});

describe('a server with TLS', () => {
  it('tells handlers of unary calls and of streams who calls', async () => {
    assert.equal(await askedAs(await as('ada', { roles: ['author'] })), 'certificate:ada');
    const sent = await askedAs(await as('ada', { roles: ['author'] }), 'upload');
    assert.deepEqual(sent, '{"receivedBytes":1000,"isComplete":true}');
  });

  it('lets an admin call all methods', async () => {
    const admin = await as('root', { roles: ['admin'] });
    assert.equal(await askedAs(admin, 'rollback'), 'certificate:root');
  });

  it('says that a caller without a certificate has none', async () => {
    const tls = { current: { authority: authority.certificate } };
    const missing = { code: 'UNAUTHENTICATED', reason: 'CREDENTIALS_MISSING' };
    await assert.rejects(askedAs(tls), missing);
    await assert.rejects(askedAs(tls, 'upload'), missing);
  });

  it('says that a certificate is of another authority', async () => {
    await assert.rejects(askedAs(await as('ada', { roles: ['admin'] }, stranger)), {
      code: 'UNAUTHENTICATED',
      reason: 'CERTIFICATE_UNTRUSTED',
    });
  });

  it('says that a certificate has expired', async () => {
    await assert.rejects(askedAs(await as('ada', { roles: ['admin'], isExpired: true })), {
      code: 'UNAUTHENTICATED',
      reason: 'CERTIFICATE_EXPIRED',
    });
  });

  it('refuses a method that is not for the role, and counts it', async () => {
    denials.length = 0;
    const missing = { code: 'PERMISSION_DENIED', reason: 'ROLE_MISSING' };
    await assert.rejects(askedAs(await as('ada', { roles: ['author'] }), 'rollback'), missing);
    await assert.rejects(askedAs(await as('bob', { roles: ['operator'] }), 'upload'), missing);
    assert.deepEqual(
      denials.map(({ method, who, plane }) => ({ method, who, plane })),
      [
        { method: `${serviceName}/Rollback`, who: 'certificate:ada', plane: 'admin' },
        { method: `${serviceName}/Upload`, who: 'certificate:bob', plane: 'admin' },
      ],
    );
  });

  it('refuses everything to a certificate without a role, health and reflection as well', async () => {
    const tls = await as('nobody');
    await assert.rejects(askedAs(tls), { code: 'PERMISSION_DENIED', reason: 'ROLE_MISSING' });
    const address = servers[0]?.address ?? '';
    const health = connectService('grpc.health.v1.Health', [address], { clock: systemClock, tls });
    await assert.rejects(health.check({ service: '' }), { reason: 'ROLE_MISSING' });
    health.close();
  });

  it('takes a new access list on connections that are open', async () => {
    const client = connectService(serviceName, [servers[0]?.address ?? ''], {
      clock: systemClock,
      tls: await as('eve', { roles: ['operator'] }),
    });
    await client.rollback({ model: 'm', reason: 'r' });
    list = { ...emptyAccessList, certificates: new Map([['eve', []]]) };
    await assert.rejects(client.rollback({ model: 'm', reason: 'r' }), { reason: 'ROLE_MISSING' });
    list = emptyAccessList;
    await client.rollback({ model: 'm', reason: 'r' });
    client.close();
  });

  it('takes a bearer token in place of a certificate', async () => {
    list = {
      ...emptyAccessList,
      tokens: new Map([token('ci', ['operator']), token('old', ['operator'], 1)]),
    };
    const current = { authority: authority.certificate };
    const bearing = (text: string) => ({ current, token: () => text });
    assert.equal(await askedAs(bearing('secret-of-ci'), 'rollback'), 'token:ci');
    await assert.rejects(askedAs(bearing('secret-of-ci'), 'upload'), { reason: 'ROLE_MISSING' });
    const unknown = { code: 'UNAUTHENTICATED', reason: 'TOKEN_UNKNOWN' };
    await assert.rejects(askedAs(bearing('another')), unknown);
    await assert.rejects(askedAs(bearing('secret-of-old')), unknown);
    list = emptyAccessList;
  });

  it('is not served in plain text', async () => {
    await assert.rejects(askedAs(undefined), { code: 'UNAVAILABLE', reason: 'PEER_UNAVAILABLE' });
  });
});

describe('a caller with TLS', () => {
  const untrusted = (why: RegExp) => (error: unknown) =>
    error instanceof MeshError && error.reason === 'PEER_UNTRUSTED' && why.test(error.message);

  it('refuses a server of another authority', async () => {
    const set = await authority.issue('ada', { roles: ['admin'] });
    const tls = { current: { ...set, authority: stranger.certificate } };
    await assert.rejects(askedAs(tls), untrusted(/certificate/));
  });

  it('refuses a server under another name than that of its certificate', async () => {
    const { address } = await serving({ hosts: ['registry.example'] });
    const tls = await as('ada', { roles: ['admin'] });
    await assert.rejects(
      askedAs(tls, 'list', address),
      untrusted(/127\.0\.0\.1.*altnames|altnames/),
    );
  });

  it('refuses a server whose certificate has expired', async () => {
    const { address } = await serving({ hosts: host, isExpired: true });
    const tls = await as('ada', { roles: ['admin'] });
    await assert.rejects(askedAs(tls, 'list', address), untrusted(/expired/));
  });

  it('refuses a person who poses as a server', async () => {
    const { address } = await serving({ roles: ['admin'] });
    const tls = await as('ada', { roles: ['admin'] });
    await assert.rejects(askedAs(tls, 'list', address), untrusted(/purpose/));
  });
});
