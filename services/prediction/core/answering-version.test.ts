import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AnsweringCandidate, answeringVersion } from './answering-version.ts';

function hosted(version: number, state: AnsweringCandidate['state'] = 'ready') {
  return { wanted: { model: 'late', version }, state };
}

describe('answeringVersion', () => {
  it('is that of production, however new others are', () =>
    assert.equal(answeringVersion([hosted(1), hosted(2)], 'late', 1), 1));

  it('is the newest that is ready while production is not', () => {
    const all = [hosted(1), hosted(2), hosted(3, 'warming'), hosted(4, 'loading')];
    assert.equal(answeringVersion(all, 'late', 3), 2);
  });

  it('is the newest where production points nowhere', () =>
    assert.equal(answeringVersion([hosted(2), hosted(10), hosted(9)], 'late', undefined), 10));

  it('is that of production where nothing is ready, so that its state is told', () =>
    assert.equal(answeringVersion([hosted(1, 'failed'), hosted(2, 'loading')], 'late', 1), 1));

  it('is none where nothing of the model is hosted', () => {
    assert.equal(answeringVersion([], 'late', 1), undefined);
    assert.equal(answeringVersion([hosted(1)], 'other', 1), undefined);
  });
});
