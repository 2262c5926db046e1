import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SpanStatusCode } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import { MeshSpan } from './mesh-span.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const resource = emptyResource();
const scope = { name: 'mlmesh' };

function spanOf(record: Partial<ConstructorParameters<typeof MeshSpan>[0]> = {}): MeshSpan {
  const full = { traceId, spanId, name: 'predict', startEpochMs: 1_000.25, endEpochMs: 1_002.5 };
  return new MeshSpan({ ...full, ...record }, resource, scope);
}

describe('MeshSpan', () => {
  it('keeps fractions of a millisecond', () => {
    const span = spanOf();
    assert.deepEqual(span.startTime, [1, 250_000]);
    assert.deepEqual(span.endTime, [1, 2_500_000]);
    assert.deepEqual(span.duration, [0, 2_250_000]);
  });

  it('is a root without a parent and a child with one', () => {
    assert.equal(spanOf().parentSpanContext, undefined);
    assert.equal(
      spanOf({ parentSpanId: '00f067aa0ba902b7' }).parentSpanContext?.spanId,
      '00f067aa0ba902b7',
    );
  });

  it('names its thread and leaves out attributes without a value', () => {
    const span = spanOf({ threadId: 3, attributes: { tier: 'model', reason: undefined } });
    assert.deepEqual(span.attributes, { 'thread.id': 3, tier: 'model' });
  });

  it('fails with the text of the error', () => {
    assert.deepEqual(spanOf({ error: 'late' }).status, {
      code: SpanStatusCode.ERROR,
      message: 'late',
    });
    assert.equal(spanOf().status.code, SpanStatusCode.UNSET);
  });

  it('never lasts less than nothing when a clock was set back', () => {
    assert.deepEqual(spanOf({ endEpochMs: 900 }).duration, [0, 0]);
  });

  it('links to spans of other traces', () => {
    const linked = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) };
    assert.equal(spanOf({ links: [linked] }).links[0]?.context.traceId, linked.traceId);
  });
});
