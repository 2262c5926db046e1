import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { eventually } from '../../../../test/support/eventually.ts';
import { RedisServer, skipRedis } from '../../../../test/support/redis-server.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { systemClock } from '../process/system-clock.ts';
import { RedisClient, redisScript } from './redis-client.ts';
import { parseRedisUrl } from './redis-url.ts';

function connect(server: RedisServer): Promise<RedisClient> {
  const url = parseRedisUrl(server.url);
  const limits = { commandMsMax: 200, connectMsMax: 500 };
  return RedisClient.connect({ url, name: 'test', clock: systemClock, ...limits });
}

const isUnavailable = (error: unknown) =>
  error instanceof MeshError && error.reason === 'STORE_UNAVAILABLE';

/** Gives whether the server answered, and after how many ms. */
async function asked(client: RedisClient): Promise<readonly [boolean, number]> {
  const startedMs = performance.now();
  const isAnswered = await client.readHash('a').then(
    () => true,
    (error: unknown) => {
      assert.ok(isUnavailable(error), String(error));
      return false;
    },
  );
  return [isAnswered, performance.now() - startedMs];
}

describe('RedisClient', { skip: skipRedis }, () => {
  it('waits once for a server that hangs, and goes on when that does', async () => {
    await using server = await RedisServer.start();
    const client = await connect(server);
    server.stall();
    assert.equal((await asked(client))[0], false);
    for (let count = 0; count < 20; count += 1) {
      const [isAnswered, tookMs] = await asked(client);
      assert.ok(!isAnswered && tookMs < 100, `${tookMs} ms`);
    }
    server.resume();
    await eventually('it answers', async () => (await asked(client))[0]);
    client.close();
  });

  it('leaves the process its turns while the server dies, and connects to the next', async () => {
    await using server = await RedisServer.start();
    const client = await connect(server);
    const script = redisScript("return redis.call('SET', KEYS[1], ARGV[1])");
    const large = new Uint8Array(100_000);
    for (let round = 0; round < 10; round += 1) {
      let isDead = false;
      // One command right behind another: some are written to a connection that has just ended.
      const writing = Array.from({ length: 8 }, async (_, index) => {
        while (!isDead) await client.run(script, `k${index}`, [large]).catch(() => turn());
      });
      await delay(5);
      await server.kill();
      await turn();
      isDead = true;
      await Promise.all(writing);
      assert.equal((await asked(client))[0], false);
      await server.launch();
      await eventually('it answers', async () => (await asked(client))[0]);
    }
    client.close();
  });

  it('runs a script that the server does not know yet', async () => {
    await using server = await RedisServer.start();
    const client = await connect(server);
    const script = redisScript("return redis.call('APPEND', KEYS[1], ARGV[1])");
    assert.equal(await client.run(script, 'k', ['ab']), 2);
    await server.command('script', 'flush');
    assert.equal(await client.run(script, 'k', [Uint8Array.of(0, 255)]), 4);
    client.close();
  });

  it('finds keys by how they begin and end, whatever the letters mean in a pattern', async () => {
    await using server = await RedisServer.start();
    const client = await connect(server);
    const keys = ['a*[b]?:1', 'a*[b]?:2', 'aXb:1', 'a*[b]?', '\\a:1'];
    for (const key of keys) await client.writeHash(key, new Map([['f', '1']]));
    const found: string[] = [];
    for await (const part of client.keys('a*[b]?', ':1')) found.push(...part);
    assert.deepEqual(found, ['a*[b]?:1']);
    client.close();
  });

  it('says what a server answers that takes no more', async () => {
    await using server = await RedisServer.start(
      '--maxmemory',
      '1',
      '--maxmemory-policy',
      'noeviction',
    );
    const client = await connect(server);
    const written = client.writeHash('a', new Map([['f', '1']]));
    await assert.rejects(written, /OOM command not allowed/);
    assert.equal((await asked(client))[0], true);
    client.close();
  });

  it('gives up on a server that takes the connection and says nothing', async () => {
    await using server = await RedisServer.start();
    server.stall();
    await assert.rejects(connect(server), /did not answer within|timed out/);
    server.resume();
  });

  it('says that a password is wrong', async () => {
    await using server = await RedisServer.start();
    await server.command('config', 'set', 'requirepass', 'right');
    const url = parseRedisUrl(server.url.replace('//', '//:wrong@'));
    const failed = RedisClient.connect({ url, name: 'test', clock: systemClock });
    await assert.rejects(failed, (error) => {
      assert.ok(isUnavailable(error) && error instanceof Error);
      assert.match(error.message, /WRONGPASS|NOAUTH/);
      assert.doesNotMatch(error.message, /:wrong|right/);
      return true;
    });
  });
});
