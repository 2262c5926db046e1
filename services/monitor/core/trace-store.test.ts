import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TraceStore } from './trace-store.ts';
import type { StoredSpan } from './waterfall.ts';

const span = (traceId: string, change: Partial<StoredSpan> = {}): StoredSpan => ({
  traceId,
  spanId: `${traceId}1`,
  parentSpanId: '',
  name: 'Predict',
  service: 'router',
  processId: 1,
  threadId: 0,
  startMs: 1,
  durationMs: 2,
  isError: false,
  attributes: {},
  links: [],
  ...change,
});

describe('TraceStore', () => {
  it('gives a trace together with those that link to it', () => {
    const store = new TraceStore({ tracesMax: 10, spansPerTraceMax: 10 });
    store.add(span('a'));
    store.add(span('b', { processId: 2, threadId: 3, links: [{ traceId: 'a', spanId: 'a1' }] }));
    assert.deepEqual(
      store.spansOf('a').map((kept) => kept.traceId),
      ['a', 'b'],
    );
    const [, summary] = store.list(10, '');
    assert.equal(summary?.processes, 2);
    assert.equal(summary?.threads, 2);
  });
  it('forgets the oldest trace when it is full', () => {
    const store = new TraceStore({ tracesMax: 2, spansPerTraceMax: 10 });
    for (const id of ['a', 'b', 'c']) store.add(span(id));
    assert.deepEqual(store.spansOf('a'), []);
    assert.deepEqual(
      store.list(10, '').map((summary) => summary.traceId),
      ['c', 'b'],
    );
  });
  it('drops and counts the spans that a trace has too many of', () => {
    const store = new TraceStore({ tracesMax: 2, spansPerTraceMax: 1 });
    store.add(span('a'));
    store.add(span('a'));
    assert.equal(store.droppedSpans, 1);
  });
  it('lists by the name of the root', () => {
    const store = new TraceStore({ tracesMax: 3, spansPerTraceMax: 1 });
    store.add(span('a'));
    store.add(span('b', { name: 'Ingest' }));
    assert.deepEqual(
      store.list(10, 'Predict').map((summary) => summary.traceId),
      ['a'],
    );
  });
});
