import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, present } from '../../../test/support/prediction-stage.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { FeatureAnswer, FeatureQuery, Receiver } from '../ports.ts';
import { SharedReads } from './shared-reads.ts';

const query: FeatureQuery = {
  featureSetHash: 'h',
  keys: ['ORD', 'LAX'],
  atMs: epochMs(5),
  trace: undefined,
  deadline: monotonicMs(50),
};
const trace = { traceId: 't', spanId: 's', isSampled: true };

function arrange() {
  const reads: Receiver<FeatureAnswer>[] = [];
  const heard: string[] = [];
  const shared = new SharedReads({ read: (_, receiver) => reads.push(receiver) });
  const ask = (name: string, change: Partial<FeatureQuery> = {}) =>
    shared.read(
      { ...query, ...change },
      {
        onAnswer: ({ logOffset }) => heard.push(`${name} ${logOffset}`),
        onFailure: ({ reason }) => heard.push(`${name} ${reason}`),
      },
    );
  return { reads, heard, shared, ask };
}

describe('SharedReads', () => {
  it('reads once for all who ask for the same while it is under way, in the order of their asking', () => {
    const { reads, heard, shared, ask } = arrange();
    for (const name of ['a', 'b', 'c']) ask(name);
    assert.equal(reads.length, 1);
    reads[0]?.onAnswer(present);
    assert.deepEqual(heard, ['a 7', 'b 7', 'c 7']);
    assert.equal(shared.shared, 2);
  });
  it('reads anew once the answer has come: the log may have grown', () => {
    const { reads, ask } = arrange();
    ask('a');
    reads[0]?.onAnswer(present);
    ask('b');
    assert.equal(reads.length, 2);
  });
  it('tells all why there is no vector', () => {
    const { reads, heard, ask } = arrange();
    for (const name of ['a', 'b']) ask(name);
    reads[0]?.onFailure(failure('PEER_UNAVAILABLE'));
    assert.deepEqual(heard, ['a PEER_UNAVAILABLE', 'b PEER_UNAVAILABLE']);
  });
  it('takes nothing for the same that differs in set, keys or time', () => {
    const { reads, ask } = arrange();
    ask('a');
    ask('b', { featureSetHash: 'i' });
    ask('c', { keys: ['ORD', 'LAS'] });
    ask('d', { keys: ['ORDLAX'] });
    ask('e', { atMs: epochMs(6) });
    assert.equal(reads.length, 5);
  });
  it('reads for itself who waits longer than the read under way, or is traced where that is not', () => {
    const { reads, ask } = arrange();
    ask('a');
    ask('b', { deadline: monotonicMs(52) });
    ask('c', { deadline: monotonicMs(52), trace });
    ask('d', { deadline: monotonicMs(52), trace });
    assert.equal(reads.length, 3);
  });
  it('lets a receiver ask again while it hears', () => {
    const { reads, heard, shared } = arrange();
    shared.read(query, {
      onAnswer: () =>
        shared.read(query, {
          onAnswer: () => heard.push('second'),
          onFailure: () => assert.fail(),
        }),
      onFailure: () => assert.fail(),
    });
    reads[0]?.onAnswer(present);
    assert.equal(reads.length, 2);
    reads[1]?.onAnswer(present);
    assert.deepEqual(heard, ['second']);
  });
});
