import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseAccessList, tokenDigest } from '../../shared/platform/grpc/tls/access-list.ts';
import { openClientTls } from '../../shared/platform/grpc/tls/client-tls.ts';
import { systemClock as clock } from '../../shared/platform/process/system-clock.ts';
import { addToken, heldIn, initFolder, issueInto } from './certificate-folder.ts';
import { ownSettings, settingsOf, tlsFolder } from './tls-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-certs-'));
const days = 7;

describe('a folder of certificates', () => {
  after(() => rmSync(folder, { recursive: true }));

  it('has no certificate without an authority, and one authority', async () => {
    const ada = { name: 'ada', roles: ['author'] as const, hosts: [] };
    const error = { reason: 'INVALID_CONFIG' };
    await assert.rejects(issueInto(folder, 'people', ada, { days, clock }), error);
    await initFolder(folder, 'mesh', clock);
    await assert.rejects(initFolder(folder, 'mesh', clock), { code: 'ALREADY_EXISTS' });
  });

  it('keeps names, roles and hosts when a certificate is made anew', async () => {
    const router = { name: 'router', roles: ['service'] as const, hosts: ['router', '10.0.0.7'] };
    const ada = { name: 'ada', roles: ['author', 'operator'] as const, hosts: [] };
    await issueInto(folder, 'services', router, { days, clock });
    await issueInto(folder, 'people', ada, { days, clock });
    const { certificate } = settingsOf(folder, 'people', 'ada');
    const before = readFileSync(certificate, 'utf8');
    for (const held of heldIn(folder)) await issueInto(folder, held.kind, held, { days, clock });
    assert.notEqual(readFileSync(certificate, 'utf8'), before);
    assert.deepEqual(
      heldIn(folder).map(({ kind, name, roles, hosts }) => ({ kind, name, roles, hosts })),
      [
        { kind: 'services', ...router },
        { kind: 'people', ...ada },
      ],
    );
  });

  it('gives keys that their owner alone can read, and that fit', () => {
    const settings = settingsOf(folder, 'people', 'ada');
    assert.equal(statSync(settings.key).mode & 0o077, 0);
    openClientTls(settings)[Symbol.dispose]();
  });

  it('finds who runs a command by name, or as the only person', () => {
    assert.equal(ownSettings(folder, 'ada').key, settingsOf(folder, 'people', 'ada').key);
    assert.equal(ownSettings(folder, undefined).key, settingsOf(folder, 'people', 'ada').key);
    assert.throws(() => ownSettings(folder, 'bob'), { reason: 'INVALID_CONFIG' });
  });

  it('adds tokens by their digest alone', () => {
    const first = addToken(folder, { name: 'ci', roles: ['author'] });
    const second = addToken(folder, { name: 'shop', roles: ['caller'], expires: '2030-01-31' });
    const text = readFileSync(tlsFolder(folder).access, 'utf8');
    assert.ok(!text.includes(first) && !text.includes(second));
    const { tokens } = parseAccessList(text);
    assert.equal(tokens.get(tokenDigest(first))?.name, 'ci');
    assert.equal(tokens.get(tokenDigest(second))?.expiresMs, Date.UTC(2030, 0, 31));
    assert.throws(() => addToken(folder, { name: 'x', roles: ['caller'], expires: 'soon' }), {
      reason: 'INVALID_CONFIG',
    });
  });
});
