import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
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
  it('fails with the error of the requests once what is under way is answered', async () => {
    async function* broken() {
      yield 1;
      await soon();
      throw new Error('the caller gave up');
    }
    const answer = (value: number) => delay(20).then(() => value);
    const answers = answerEach(broken(), answer, 8);
    assert.equal((await answers.next()).value, 1);
    await assert.rejects(answers.next(), /the caller gave up/);
  });
  it('stops the requests when nobody takes answers any more, whatever they fail with then', async () => {
    let isStopped = false;
    let fail = (_error: Error) => {};
    async function* requests() {
      try {
        yield 1;
        yield await new Promise<number>((_resolve, reject) => (fail = reject));
      } finally {
        isStopped = true;
      }
    }
    const answers = answerEach(requests(), (value) => Promise.resolve(value), 8);
    await answers.next();
    await answers.return(undefined);
    fail(new Error('gone'));
    await soon();
    assert.equal(isStopped, true);
  });
  it('stops the requests in the middle of the answers', async () => {
    let read = 0;
    async function* requests() {
      for (;;) {
        read += 1;
        yield await Promise.resolve(read);
      }
    }
    for await (const value of answerEach(requests(), (value) => Promise.resolve(value), 4)) {
      if (value === 3) break;
    }
    await soon();
    const readThen = read;
    for (let turn = 0; turn < 5; turn += 1) await soon();
    assert.equal(read, readThen);
  });
  it('fails with the error of an answer, and reads nothing more', async () => {
    let read = 0;
    async function* requests() {
      for (;;) {
        read += 1;
        yield read;
        await soon();
      }
    }
    const answer = (value: number) =>
      value === 2 ? Promise.reject(new TypeError('a bug')) : Promise.resolve(value);
    const answers = answerEach(requests(), answer, 8);
    assert.equal((await answers.next()).value, 1);
    await assert.rejects(answers.next(), /a bug/);
    const readThen = read;
    for (let turn = 0; turn < 5; turn += 1) await soon();
    assert.ok(read <= readThen + 1, `${read} requests`);
  });
  it('fails with the error of an answer while it waits for the next request', async () => {
    async function* requests() {
      yield 1;
      await new Promise<never>(() => {});
    }
    const answers = answerEach(requests(), () => Promise.reject(new TypeError('a bug')), 8);
    await assert.rejects(answers.next(), /a bug/);
  });
  it('reads no more than it may keep while nobody takes the answers', async () => {
    let read = 0;
    async function* requests() {
      for (;;) {
        read += 1;
        yield await Promise.resolve(read);
      }
    }
    const answers = answerEach(requests(), (value) => Promise.resolve(value), 4);
    await answers.next();
    for (let turn = 0; turn < 20; turn += 1) await soon();
    assert.ok(read <= 5, `${read} requests`);
    await answers.return(undefined);
  });
});
