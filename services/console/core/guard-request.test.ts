import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { guardRequest, type RequestFacts } from './guard-request.ts';

const rules = {
  ...{ loopbackPort: 7_580, hosts: new Set<string>(), token: 'right', isReadOnly: false },
};
const read: RequestFacts = {
  method: 'GET',
  path: '/api/views/overview',
  host: '127.0.0.1:7580',
  origin: undefined,
  fetchSite: undefined,
  token: undefined,
};
const action: RequestFacts = {
  ...read,
  method: 'POST',
  path: '/api/actions',
  origin: 'http://127.0.0.1:7580',
  fetchSite: 'same-origin',
  token: 'right',
};
const reasonFor = (facts: RequestFacts, isReadOnly = false) =>
  guardRequest(facts, { ...rules, isReadOnly })?.reason;

describe('guardRequest', () => {
  it('lets through what is typed, linked to from nowhere, or asked for by the page itself', () => {
    for (const fetchSite of [undefined, 'none', 'same-origin']) {
      assert.equal(reasonFor({ ...read, fetchSite }), undefined);
    }
    for (const host of ['localhost:7580', '[::1]:7580']) {
      assert.equal(reasonFor({ ...read, host }), undefined);
    }
    assert.equal(reasonFor(action), undefined);
  });

  it('refuses a name of another host that somebody has pointed here', () => {
    for (const host of ['evil.example:7580', '127.0.0.1', '127.0.0.1:7581', undefined]) {
      assert.equal(reasonFor({ ...action, host }), 'HOST_REFUSED');
    }
  });

  it('refuses what another page asks for, whether it reads or acts', () => {
    for (const fetchSite of ['cross-site', 'same-site']) {
      assert.equal(reasonFor({ ...read, fetchSite }), 'ORIGIN_REFUSED');
      assert.equal(reasonFor({ ...action, fetchSite }), 'ORIGIN_REFUSED');
    }
    for (const origin of [undefined, 'null', 'http://evil.example', 'https://127.0.0.1:7580']) {
      assert.equal(reasonFor({ ...action, origin }), 'ORIGIN_REFUSED');
    }
  });

  it("refuses an action without the page's token", () => {
    for (const token of [undefined, '', 'wrong']) {
      assert.equal(reasonFor({ ...action, token }), 'TOKEN_REFUSED');
    }
  });

  it('lets the application itself be linked to from anywhere, since it holds no data', () => {
    for (const path of ['/', '/alerts/late']) {
      assert.equal(reasonFor({ ...read, path, fetchSite: 'cross-site' }), undefined);
    }
  });

  it('knows itself by its names over HTTPS, on whatever port', () => {
    const hosts = new Set(['console.example', '::1']);
    const overHttps = { ...rules, loopbackPort: undefined, hosts };
    const reasonOf = (facts: RequestFacts) => guardRequest(facts, overHttps)?.reason;
    for (const host of ['console.example', 'Console.Example:7580', '[::1]:443']) {
      assert.equal(reasonOf({ ...action, host, origin: `https://${host}` }), undefined, host);
      assert.equal(reasonOf({ ...action, host, origin: `http://${host}` }), 'ORIGIN_REFUSED');
    }
    for (const host of ['evil.example', '127.0.0.1:7580', undefined]) {
      assert.equal(reasonOf({ ...action, host }), 'HOST_REFUSED');
    }
  });

  it('refuses every action of a console that is read-only, and no read', () => {
    assert.equal(reasonFor(action, true), 'READ_ONLY');
    assert.equal(reasonFor(read, true), undefined);
    assert.equal(reasonFor({ ...action, path: '/api/sign-out' }, true), undefined);
  });
});
