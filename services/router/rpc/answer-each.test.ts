import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerEach } from './answer-each.ts';

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

async function* requestsOf(...values: readonly number[]) {
  for (const value of values) yield await Promise.resolve(value);
}

describe('answerEach', () => {
  it('gives an answer before the next request comes', async () => {
    let send = (_value: number) => {};
    async function* requests() {
      yield 1;
      yield await new Promise<number>((resolve) => (send = resolve));
    }
    const answers = answerEach(requests(), (value) => Promise.resolve(value * 10), 4);
    assert.equal((await answers.next()).value, 10);
    send(2);
    assert.equal((await answers.next()).value, 20);
    assert.equal((await answers.next()).done, true);
  });
  it('gives answers as they are ready, and keeps no more under way than it may', async () => {
    let underWay = 0;
    let most = 0;
    const answers: number[] = [];
    const answer = async (value: number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turn = 0; turn < value; turn += 1) await soon();
      underWay -= 1;
      return value;
    };
    for await (const value of answerEach(requestsOf(9, 1, 2, 3, 4), answer, 2)) answers.push(value);
    assert.deepEqual(answers, [1, 2, 3, 9, 4]);
    assert.equal(most, 2);
  });
  it('fails when the requests fail', async () => {
    async function* broken() {
      yield await Promise.resolve(1);
      throw new Error('gone');
    }
    const answers = answerEach(broken(), (value) => Promise.resolve(value), 2);
    await assert.rejects(async () => {
      for await (const _ of answers);
    }, /gone/);
  });
});
