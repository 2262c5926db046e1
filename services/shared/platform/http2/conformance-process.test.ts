import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runH2spec, skipH2spec } from '../../../../test/support/h2spec.ts';
import { PlainServer } from '../../../../test/support/plain-http2.ts';

describe('Connections', () => {
  it('passes the tests of h2spec, which are those of RFC 7540 and RFC 7541', {
    skip: skipH2spec,
  }, async () => {
    // h2spec takes it that no frame may be larger than what a peer takes that says nothing.
    await using server = await PlainServer.start({ receive: { frameBytesMax: 16_384 } });
    const { code, report } = await runH2spec(server.port);
    assert.match(report, /\b\d{3} tests, \d{3} passed, \d skipped, 0 failed/, report);
    assert.equal(code, 0, report);
  });
});
