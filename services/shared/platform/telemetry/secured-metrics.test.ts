import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../../../test/support/free-port.ts';
import { TestAuthority } from '../../../../test/support/test-certificates.ts';
import { AccessGate } from '../grpc/tls/access-gate.ts';
import { parseAccessList, tokenDigest } from '../grpc/tls/access-list.ts';
import type { CertificateSet } from '../grpc/tls/certificates.ts';
import { startTelemetry, type Telemetry } from './start-telemetry.ts';

const tokens = [{ name: 'prometheus', roles: ['caller'], sha256: tokenDigest('right') }];
const list = parseAccessList(JSON.stringify({ tokens }));
let authority: TestAuthority;
let held: CertificateSet;
let renew: (set: CertificateSet) => void = () => undefined;
let telemetry: Telemetry;
let port: number;

before(async () => {
  authority = await TestAuthority.make();
  held = await authority.issue('router', { roles: ['service'], hosts: ['localhost'] });
  port = await freePort();
  const certificates = {
    get current() {
      return held;
    },
    onChange(listener: (set: CertificateSet) => void) {
      renew = listener;
      return () => undefined;
    },
    look: () => Promise.resolve(),
    [Symbol.dispose]: () => undefined,
  };
  telemetry = startTelemetry({
    ...{ serviceName: 'router', instanceId: 'a', serviceVersion: '0', endpoint: undefined },
    metricsAddress: `0.0.0.0:${port}`,
    metricsTls: { certificates, gate: new AccessGate(() => list) },
  });
  const spec = {
    name: 'mesh.test.seen',
    unit: '1',
    description: 'what was seen',
    labels: [],
  } as const;
  telemetry.metrics.counter(spec).bind({}).add(1);
  await telemetry.start(new AbortController().signal);
});
after(() => telemetry.stop(5_000));

async function scrape(
  options: RequestOptions = {},
): Promise<readonly [number | undefined, string]> {
  const asking = request({
    ...{ host: '127.0.0.1', servername: 'localhost', port, path: '/metrics', agent: false },
    ca: authority.certificate,
    ...options,
  });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return [answer.statusCode, await text(answer)];
}

describe('metrics off the loopback', () => {
  it('are given to whoever proves a role, by certificate or token', async () => {
    const { certificate: cert, key } = await authority.issue('prometheus', { roles: ['caller'] });
    const [status, metrics] = await scrape({ cert, key });
    assert.equal(status, 200);
    assert.match(metrics, /^mesh_test_seen_total /m);
    const headers = { authorization: 'Bearer right' };
    assert.equal((await scrape({ headers }))[0], 200);
    assert.equal((await scrape({ headers, path: '/other' }))[0], 404);
  });

  it('are refused to all others, who are told why', async () => {
    assert.match(
      (await scrape()).join(),
      /^401,wanted a certificate of the mesh or a bearer token/,
    );
    const headers = { authorization: 'Bearer wrong' };
    assert.match((await scrape({ headers })).join(), /^401,wanted a bearer token that counts/);
    const stranger = await (await TestAuthority.make()).issue('prometheus', { roles: ['caller'] });
    const { certificate, key } = stranger;
    assert.match((await scrape({ cert: certificate, key })).join(), /^401,/);
    const none = await authority.issue('nobody');
    const roleless = await scrape({ cert: none.certificate, key: none.key });
    assert.match(roleless.join(), /^403,metrics are for a role, and 'nobody' has none/);
  });

  it('come under a new certificate as soon as there is one', async () => {
    held = await authority.issue('router', { roles: ['service'], hosts: ['other'] });
    renew(held);
    await assert.rejects(scrape(), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    assert.equal((await scrape({ servername: 'other' }))[0], 401);
  });
});
