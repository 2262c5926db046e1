import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList, headerKindOf } from './header-list.ts';

function listOf(...fields: readonly (readonly [string, string])[]): HeaderList {
  const list = new HeaderList();
  for (const [name, value] of fields) list.add(name, value, headerKindOf(name));
  return list;
}

const request: readonly (readonly [string, string])[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/a'],
];

describe('HeaderList', () => {
  it('gives what came by its name, several joined', () => {
    const list = listOf(...request, ['a', '1'], ['b', ''], ['a', '2']);
    assert.equal(list.get('a'), '1, 2');
    assert.equal(list.get('b'), '');
    assert.equal(list.get('c'), undefined);
    assert.equal(list.get(':path'), undefined);
    assert.equal(list.path, '/a');
    assert.equal(list.length, 3);
  });

  it('gives all as an object, whatever their names', () => {
    const list = listOf(
      ...request,
      [':authority', 'x'],
      ['a', '1'],
      ['constructor', '2'],
      ['a', '3'],
    );
    assert.deepEqual(Object.entries(list.toObject()), [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', '/a'],
      [':authority', 'x'],
      ['a', '1, 3'],
      ['constructor', '2'],
    ]);
    const odd = listOf(...request, ['__proto__', 'x']).toObject();
    assert.deepEqual(Object.entries(odd).at(-1), ['__proto__', 'x']);
  });

  it('knows a request that HTTP/2 allows', () => {
    assert.ok(listOf(...request).isWholeRequest());
    assert.ok(listOf(...request, ['te', 'trailers']).isWholeRequest());
    assert.equal(listOf(...request, ['te', 'trailers, gzip']).isWholeRequest(), false);
    assert.equal(listOf(...request.slice(1)).isWholeRequest(), false);
    for (const name of ['', 'A', 'a b', 'a:', ':other', 'connection', 'upgrade', 'keep-alive']) {
      assert.equal(listOf(...request, [name, '1']).isWholeRequest(), false, name);
    }
    for (const field of [...request, [':authority', 'x'] as const]) {
      assert.equal(listOf(...request, [':authority', 'x'], field).isWholeRequest(), false);
      assert.equal(listOf(['a', '1'], ...request, field).isWholeRequest(), false);
    }
  });
  it('tells an answer from a request, and from what is neither', () => {
    const status = [':status', '200'] as const;
    assert.ok(listOf(status, ['a', '1']).isWholeAnswer());
    assert.equal(listOf(status).status, '200');
    assert.ok(listOf(['grpc-status', '0']).isWholeAnswer());
    assert.equal(listOf(status, status).isWholeAnswer(), false);
    assert.equal(listOf(['a', '1'], status).isWholeAnswer(), false);
    assert.equal(listOf(status, ['Upper', '1']).isWholeAnswer(), false);
    assert.equal(listOf(...request).isWholeAnswer(), false);
    assert.equal(listOf(...request, status).isWholeRequest(), false);
    assert.equal(listOf(status, [':authority', 'x']).isWholeAnswer(), false);
  });
});
