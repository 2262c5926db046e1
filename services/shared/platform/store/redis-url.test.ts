import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../kernel/mesh-error.ts';
import { checkedOnlineStore } from './online-choice.ts';
import { parseRedisUrl } from './redis-url.ts';

function messageFor(text: unknown): string {
  try {
    checkedOnlineStore(text);
  } catch (error) {
    assert.ok(error instanceof MeshError && error.reason === 'INVALID_CONFIG');
    return error.message;
  }
  return '';
}

describe('parseRedisUrl', () => {
  it('reads host, port, database and secrets, and shows no secrets', () => {
    const plain = { username: undefined, password: undefined, isTls: false };
    assert.deepEqual(parseRedisUrl('redis://127.0.0.1:6379'), {
      ...plain,
      host: '127.0.0.1',
      port: 6_379,
      db: 0,
      shown: 'redis://127.0.0.1:6379/0',
    });
    assert.deepEqual(parseRedisUrl('redis://[::1]/'), {
      ...plain,
      host: '::1',
      port: 6_379,
      db: 0,
      shown: 'redis://[::1]:6379/0',
    });
    assert.deepEqual(parseRedisUrl('rediss://me:s%40fe@cache.internal:6380/2'), {
      host: 'cache.internal',
      port: 6_380,
      db: 2,
      username: 'me',
      password: 's@fe',
      isTls: true,
      shown: 'rediss://cache.internal:6380/2',
    });
  });

  it('refuses what is no place of a Redis, and tells no secret', () => {
    for (const text of [
      'redis:',
      'redis://',
      'redis:///1',
      'redis://h:99999',
      'redis://h/x',
      'redis://h/1/2',
      'redis://h/1024',
      'redis://h?a=1',
      'redis://u:secret@h:x',
      'redis://u:%zz@h',
    ]) {
      const message = messageFor(text);
      assert.match(message, /^wanted the URL of a Redis, such as redis:/, text);
      assert.doesNotMatch(message, /secret|zz/);
    }
  });
});

describe('checkedOnlineStore', () => {
  it('gives lmdb and URLs of a Redis, and refuses everything else', () => {
    for (const choice of ['lmdb', 'redis://127.0.0.1:6379', 'rediss://h/3']) {
      assert.equal(checkedOnlineStore(choice), choice);
    }
    for (const choice of ['', 'LMDB', 'http://h', '127.0.0.1:6379', 7, undefined]) {
      assert.match(messageFor(choice), /^wanted lmdb or the URL of a Redis/);
    }
  });
});
