import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { connect, type PeerCertificate } from 'node:tls';
import { TestAuthority, writeCertificates } from '../../../../../test/support/test-certificates.ts';
import { durationMs } from '../../../kernel/units.ts';
import { systemClock } from '../../process/system-clock.ts';
import { connectService } from '../client.ts';
import { implementPartly } from '../implement.ts';
import { createServer } from '../server.ts';
import { openTls } from './open-tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-rotation-'));
const notices: string[] = [];
const log = {
  info: (event: string) => void notices.push(event),
  warn: (event: string) => void notices.push(event),
};
const serviceName = 'mlmesh.registry.v1.RegistryService';
const server = { roles: ['service'], hosts: ['127.0.0.1'] } as const;

after(() => rmSync(folder, { recursive: true }));

/** The server's certificate as a stranger sees it. */
function shownAt(address: string): Promise<PeerCertificate> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve, reject) => {
    const options = { host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'] };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('certificates that are replaced while calls are under way', () => {
  it('fail no call, through a change of the authority as well', async (test) => {
    const [old, next] = [await TestAuthority.make(), await TestAuthority.make()];
    const both = Buffer.concat([old.certificate, next.certificate]);
    const serverFiles = writeCertificates(folder, 'registry', await old.issue('registry', server));
    const callerFiles = writeCertificates(
      folder,
      'ada',
      await old.issue('ada', { roles: ['caller'] }),
    );
    using serving = openTls({ ...serverFiles, access: undefined }, log);
    using calling = openTls({ ...callerFiles, access: undefined }, log);
    assert.ok(serving !== undefined && calling !== undefined);
    const registry = createServer({
      name: 'registry',
      address: '127.0.0.1:0',
      clock: systemClock,
      tls: serving.server,
      services: [implementPartly(serviceName, { listVersions: () => ({}) })],
    });
    await registry.start();
    test.after(() => registry.stop(1_000));
    const open = () =>
      connectService(serviceName, [registry.address], {
        clock: systemClock,
        tls: calling.client,
        timeoutMs: durationMs(20_000),
        connectMsMax: durationMs(20_000),
        attemptsMax: 1, // a failure is not to be hidden
      });
    let isOver = false;
    const counts = { answered: 0, failed: 0 };
    const ask = async (client: ReturnType<typeof open>) => {
      try {
        await client.listVersions({});
        counts.answered += 1;
      } catch {
        counts.failed += 1;
      }
    };
    const kept = open();
    test.after(() => kept.close());
    const load = [0, 1, 2, 3].map(async (worker) => {
      while (!isOver) {
        // Half of the load is on a connection that stays, half on a new one each.
        const client = worker % 2 === 0 ? kept : open();
        await ask(client);
        if (client !== kept) client.close();
      }
    });
    const settle = async (change: () => Promise<void> | void) => {
      const before = counts.answered;
      await change();
      await Promise.all([serving.look(), calling.look()]);
      while (counts.answered + counts.failed < before + 40) {
        await systemClock.sleep(durationMs(5), new AbortController().signal);
      }
    };

    try {
      await settle(() => undefined);
      await settle(async () => {
        writeCertificates(folder, 'registry', await old.issue('registry', server));
        writeCertificates(folder, 'ada', await old.issue('ada', { roles: ['caller'] }));
      });
      // Half written: the key of one pair with the certificate of another.
      await settle(async () => {
        writeFileSync(serverFiles.key, (await old.issue('registry', server)).key);
      });
      assert.ok(notices.includes('tls-refused'));
      await settle(async () => {
        writeCertificates(folder, 'registry', await old.issue('registry', server));
      });
      await settle(() => {
        writeFileSync(serverFiles.authority, both);
        writeFileSync(callerFiles.authority, both);
      });
      await settle(async () => {
        const trusting = { authority: both };
        writeCertificates(folder, 'registry', {
          ...(await next.issue('registry', server)),
          ...trusting,
        });
        writeCertificates(folder, 'ada', {
          ...(await next.issue('ada', { roles: ['caller'] })),
          ...trusting,
        });
      });
      await settle(() => {
        writeFileSync(serverFiles.authority, next.certificate);
        writeFileSync(callerFiles.authority, next.certificate);
      });
    } finally {
      isOver = true;
      await Promise.all(load);
    }

    const shown = await shownAt(registry.address);
    assert.equal(counts.failed, 0);
    assert.ok(
      new X509Certificate(shown.raw).verify(new X509Certificate(next.certificate).publicKey),
    );
  });
});

describe('openTls', () => {
  it('refuses a key of another certificate, a file that is missing, and a certificate that has expired', async () => {
    const authority = await TestAuthority.make();
    const one = writeCertificates(folder, 'one', await authority.issue('one'));
    const two = writeCertificates(folder, 'two', await authority.issue('two'));
    const late = writeCertificates(
      folder,
      'late',
      await authority.issue('late', { isExpired: true }),
    );
    const invalid = (message: RegExp) => ({ reason: 'INVALID_CONFIG', message });
    const access = undefined;
    assert.throws(
      () => openTls({ ...one, key: two.key, access }, log),
      invalid(/key of certificate/),
    );
    assert.throws(
      () => openTls({ ...one, key: `${one.key}x`, access }, log),
      invalid(/wanted to read/),
    );
    assert.throws(() => openTls({ ...late, access }, log), invalid(/not now/));
    const chain = Buffer.concat([readFileSync(one.certificate), readFileSync(two.certificate)]);
    const cutOff = join(folder, 'cut-off.pem');
    writeFileSync(cutOff, chain.subarray(0, chain.length - 100));
    assert.throws(
      () => openTls({ ...one, certificate: cutOff, access }, log),
      invalid(/can be used together/),
    );
    writeFileSync(join(folder, 'access.json'), '{"tokens":[{"name":"ci"}]}');
    assert.throws(
      () => openTls({ ...one, access: join(folder, 'access.json') }, log),
      invalid(/SHA-256/),
    );
  });
});
