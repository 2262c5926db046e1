import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import { SwappedCertificates, TestAuthority } from '../../../../test/support/test-certificates.ts';
import { linkAnswer, linkFrame, WatchedLink } from '../../../../test/support/watched-link.ts';
import { systemClock } from '../process/system-clock.ts';
import { parseBindAddress } from './bind-address.ts';
import { implementPartly } from './implement.ts';
import type { LinkStreamOptions } from './link-stream.ts';
import { serveFrames } from './serve-frames.ts';
import { createServer } from './server.ts';
import { AccessGate } from './tls/access-gate.ts';
import { emptyAccessList, tokenDigest } from './tls/access-list.ts';
import { SecureOptions } from './tls/secure-options.ts';

/** What ends the servers and streams of a test. */
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function watch(port: number, options: Partial<LinkStreamOptions>): WatchedLink {
  const watched = new WatchedLink(port, options);
  ends.push(() => watched.stream.cancel());
  return watched;
}

describe('LinkStream over TLS', () => {
  it('proves itself with its token, and trusts its authority alone', async () => {
    const authority = await TestAuthority.make();
    const stranger = await TestAuthority.make();
    const peers: string[] = [];
    const server = createServer({
      name: 'prediction',
      address: '127.0.0.1:0',
      clock: systemClock,
      tls: {
        certificates: new SwappedCertificates(
          await authority.issue('prediction', { hosts: ['127.0.0.1'] }),
        ),
        gate: new AccessGate(() => ({
          ...emptyAccessList,
          tokens: new Map([
            [
              tokenDigest('secret-of-ada'),
              { name: 'ada', roles: ['service'], expiresMs: Number.POSITIVE_INFINITY },
            ],
          ]),
        })),
      },
      services: [
        implementPartly('mlmesh.prediction.v1.PredictionService', {
          infer: serveFrames((_frame, call, reply) => {
            peers.push(call.peer);
            reply(linkAnswer(1));
            return Promise.resolve();
          }),
        }),
      ],
    });
    await server.start();
    ends.push(() => void server.stop(0));
    const { port } = parseBindAddress(server.address);
    const tls = { current: { authority: authority.certificate } };
    const secure = (text: string) => ({
      secure: { options: new SecureOptions(tls), token: () => text },
    });
    const watched = watch(port, secure('secret-of-ada'));
    await watched.until('open');
    watched.stream.write(linkFrame(1));
    await eventually('it is answered', () => watched.replies.length === 1);
    assert.deepEqual(peers, ['ada']);
    const unknown = watch(port, secure('secret-of-nobody'));
    await unknown.until('failed');
    assert.equal(unknown.error?.code, 'UNAUTHENTICATED');
    const misled = watch(port, {
      secure: {
        options: new SecureOptions({ current: { authority: stranger.certificate } }),
        token: undefined,
      },
    });
    await misled.until('failed');
    assert.deepEqual(misled.seen, ['failed']);
    assert.match(misled.error?.message ?? '', /certificate/);
  });
  it('fails as of a peer when its certificates can not be used', async () => {
    const authority = await TestAuthority.make();
    const set = await authority.issue('router');
    const chain = Buffer.concat([set.certificate, set.certificate]);
    const cutOff = { ...set, certificate: chain.subarray(0, chain.length - 100) };
    const unusable = watch(1, {
      secure: { options: new SecureOptions({ current: cutOff }), token: undefined },
    });
    assert.deepEqual(unusable.seen, []);
    await unusable.until('failed');
    assert.match(unusable.error?.message ?? '', /can't be connected to: .*PEM/);
  });
});
