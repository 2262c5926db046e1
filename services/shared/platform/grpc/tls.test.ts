import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { durationMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import type { ClientTls } from './channel.ts';
import { connectService } from './client.ts';
import { implementPartly } from './implement.ts';
import { createServer, type MeshServer } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-tls-'));

/** Makes a key and a self-signed certificate for 127.0.0.1, which is its own authority. */
function certificate(name: string): { readonly key: Buffer; readonly certificateChain: Buffer } {
  const [key, chain] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', key, '-out', chain],
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key), certificateChain: readFileSync(chain) };
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('tls', { skip: hasOpenssl ? false : 'openssl is not installed' }, () => {
  let server: MeshServer;
  let serverPair: ReturnType<typeof certificate>;
  let clientPair: ReturnType<typeof certificate>;

  before(async () => {
    serverPair = certificate('registry');
    clientPair = certificate('engineer');
    server = createServer({
      name: 'registry',
      address: '127.0.0.1:0',
      clock: systemClock,
      tls: { ...serverPair, clientAuthority: clientPair.certificateChain },
      services: [
        implementPartly('mlmesh.registry.v1.RegistryService', {
          listVersions: (_request, { peer }) => ({ versions: [{ model: peer }] }),
        }),
      ],
    });
    await server.start();
  });

  after(async () => {
    await server.stop(100);
    rmSync(folder, { recursive: true });
  });

  async function askedAs(tls: ClientTls | undefined): Promise<string | undefined> {
    const client = connectService('mlmesh.registry.v1.RegistryService', [server.address], {
      clock: systemClock,
      connectMsMax: durationMs(500),
      ...(tls === undefined ? {} : { tls }),
    });
    try {
      const { versions } = await client.listVersions({});
      return versions[0]?.model;
    } finally {
      client.close();
    }
  }

  it('names the caller by its certificate', async () => {
    const tls = { authority: serverPair.certificateChain, ...clientPair };
    assert.equal(await askedAs(tls), 'engineer');
  });

  it('refuses a caller without a certificate, or in plain text', async () => {
    const anonymous = { authority: serverPair.certificateChain };
    await assert.rejects(askedAs(anonymous), { code: 'UNAVAILABLE' });
    await assert.rejects(askedAs(undefined), { code: 'UNAVAILABLE' });
  });

  it('refuses a server of another authority', async () => {
    await assert.rejects(askedAs({ authority: clientPair.certificateChain, ...clientPair }), {
      code: 'UNAVAILABLE',
    });
  });
});
