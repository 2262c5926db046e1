import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type StoredSpan, waterfall } from './waterfall.ts';

const span = (
  spanId: string,
  parentSpanId: string,
  startMs: number,
  link?: string,
): StoredSpan => ({
  traceId: link === undefined ? 't' : 'shadow',
  spanId,
  parentSpanId,
  name: spanId,
  service: 's',
  processId: 1,
  threadId: 0,
  startMs,
  durationMs: 1,
  isError: false,
  attributes: {},
  links: link === undefined ? [] : [{ traceId: 't', spanId: link }],
});

const drawn = (spans: readonly StoredSpan[]) =>
  waterfall(spans).map(
    ({ span: { spanId }, depth, isLinked }) =>
      `${'-'.repeat(depth)}${spanId}${isLinked ? '*' : ''}`,
  );

describe('waterfall', () => {
  it('puts a parent before its children and siblings by their start', () => {
    assert.deepEqual(
      drawn([span('c', 'a', 3), span('b', 'a', 2), span('a', '', 1), span('d', 'b', 2.5)]),
      ['a', '-b', '--d', '-c'],
    );
  });
  it('hangs a linked root under the span that it links to', () => {
    assert.deepEqual(drawn([span('a', '', 1), span('s', '', 5, 'a'), span('t', 's', 6)]), [
      'a',
      '-s*',
      '--t',
    ]);
  });
  it('keeps a span whose parent is missing', () => {
    assert.deepEqual(drawn([span('b', 'gone', 2), span('a', '', 1)]), ['a', 'b']);
  });
  it('ends when spans claim each other as parents', () => {
    assert.deepEqual(drawn([span('a', 'b', 1), span('b', 'a', 2), span('r', '', 0)]), ['r']);
  });
});
