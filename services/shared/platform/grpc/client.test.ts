import assert from 'node:assert/strict';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import { freePort } from '../../../../test/support/free-port.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { createRetryBudget } from '../../policy/retry-budget.ts';
import { systemClock } from '../process/system-clock.ts';
import { type ClientOptions, connectService, type ServiceClient } from './client.ts';
import { implementPartly } from './implement.ts';
import { createServer, type MeshServer } from './server.ts';

type Registry = ServiceClient<'mlmesh.registry.v1.RegistryService'>;

const sleep = (ms: number) => systemClock.sleep(durationMs(ms), new AbortController().signal);

function unavailable(): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PEER_UNAVAILABLE',
    message: 'the store is down',
  });
}

/** A registry that fails its first calls, and says how often it was asked. */
class FlakyRegistry {
  calls = 0;
  failures = 0;
  /** What calls fail with. */
  failure = unavailable();
  delayMs = 0;

  async start(address = '127.0.0.1:0'): Promise<MeshServer> {
    const answer = async () => {
      this.calls += 1;
      if (this.calls <= this.failures) throw this.failure;
      if (this.delayMs > 0) await sleep(this.delayMs);
      return {};
    };
    const server = createServer({
      name: 'registry',
      address,
      clock: systemClock,
      services: [
        implementPartly('mlmesh.registry.v1.RegistryService', {
          listVersions: answer,
          promote: answer,
        }),
      ],
    });
    await server.start();
    return server;
  }
}

describe('client', () => {
  const cleanUps: (() => Promise<void> | void)[] = [];

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function serve(registry: FlakyRegistry, address?: string): Promise<MeshServer> {
    const server = await registry.start(address);
    cleanUps.push(() => server.stop(100));
    return server;
  }

  function connect(addresses: readonly string[], options: Partial<ClientOptions> = {}): Registry {
    const client = connectService('mlmesh.registry.v1.RegistryService', addresses, {
      clock: systemClock,
      ...options,
    });
    cleanUps.push(() => client.close());
    return client;
  }

  it('tries an idempotent call again, and no other', async () => {
    const registry = new FlakyRegistry();
    const client = connect([(await serve(registry)).address]);
    registry.failures = 2;
    await client.listVersions({});
    assert.equal(registry.calls, 3);
    registry.calls = 0;
    await assert.rejects(client.promote({}), { code: 'UNAVAILABLE', message: 'the store is down' });
    assert.equal(registry.calls, 1);
  });

  it('asks the proxy of the environment for other machines alone', async () => {
    const registry = new FlakyRegistry();
    const { address } = await serve(registry);
    const proxy = createTcpServer();
    const asked = new Promise<string>((resolve) => {
      proxy.on('connection', (socket) => {
        socket.setEncoding('utf8').once('data', (text: string) => {
          socket.destroy();
          resolve(text);
        });
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => void proxy.close());
    const bound = proxy.address();
    assert.ok(typeof bound === 'object' && bound !== null);
    process.env['http_proxy'] = `http://127.0.0.1:${bound.port}`;
    cleanUps.push(() => void delete process.env['http_proxy']);
    await connect([address]).listVersions({});
    assert.equal(registry.calls, 1);
    const elsewhere = connect(['registry.example:5001'], { timeoutMs: durationMs(300) });
    await assert.rejects(elsewhere.listVersions({}));
    assert.match(await asked, /^CONNECT registry\.example:5001 /);
  });

  // Node's HTTP/2 closes a connection on which more than 1,000 calls, and then 33 a second, are cancelled (CVE-2023-44487).
  it('outlives the loss of a connection on which many calls were cancelled', async () => {
    const registry = new FlakyRegistry();
    registry.delayMs = 20;
    const client = connect([(await serve(registry)).address]);
    await client.listVersions({});
    const hasty = async () => {
      for (let calls = 0; calls < 100; calls += 1) {
        const leaving = new AbortController();
        const call = client.listVersions({}, { signal: leaving.signal }).catch(() => undefined);
        await sleep(2); // until the call is on its way
        leaving.abort();
        await call;
      }
    };
    let isOver = false;
    const patient = async () => {
      while (!isOver) await client.listVersions({});
    };
    const callers = [patient(), patient(), patient(), patient()];
    await Promise.all(Array.from({ length: 20 }, hasty));
    isOver = true;
    await Promise.all(callers);
  });

  it('stops trying when its attempts or its budget are spent', async () => {
    const registry = new FlakyRegistry();
    const { address } = await serve(registry);
    registry.failures = 1_000;
    const retryBudget = createRetryBudget({ retriesPerCall: 0, retriesMax: 4 });
    const client = connect([address], { attemptsMax: 4, retryBudget });
    const asked = async () => {
      const before = registry.calls;
      await assert.rejects(client.listVersions({}), { reason: 'PEER_UNAVAILABLE' });
      return registry.calls - before;
    };
    assert.equal(await asked(), 4);
    assert.equal(await asked(), 2); // one retry was left
    assert.equal(await asked(), 1);
  });

  it('bridges a restart within the deadline', async () => {
    const first = await serve(new FlakyRegistry());
    const client = connect([first.address]);
    await client.listVersions({});
    await first.stop(100);
    const calls = [client.listVersions({}), client.promote({})];
    await sleep(700);
    await serve(new FlakyRegistry(), first.address);
    await Promise.all(calls);
  });

  it('says within connectMsMax that nobody is there, and within the deadline', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const client = connect([address], { connectMsMax: durationMs(150) });
    const started = systemClock.monotonic();
    await assert.rejects(client.listVersions({}), (error: MeshError) => {
      assert.equal(error.reason, 'PEER_UNAVAILABLE');
      assert.ok(error.message.includes(address));
      return true;
    });
    await assert.rejects(client.listVersions({}, { timeoutMs: durationMs(50) }));
    assert.ok(systemClock.monotonic() - started < 2_000);
  });

  it('goes to another address while one is down', async () => {
    const registry = new FlakyRegistry();
    const { address } = await serve(registry);
    const client = connect([`127.0.0.1:${await freePort()}`, address]);
    for (let call = 0; call < 6; call += 1) await client.listVersions({});
    assert.equal(registry.calls, 6);
  });

  it('shares calls between two addresses', async () => {
    const [a, b] = [new FlakyRegistry(), new FlakyRegistry()];
    const client = connect([(await serve(a)).address, (await serve(b)).address]);
    for (let call = 0; a.calls * b.calls === 0 && call < 100; call += 1) {
      await client.listVersions({}); // until both are connected
      await sleep(5);
    }
    a.calls = 0;
    b.calls = 0;
    for (let call = 0; call < 6; call += 1) await client.listVersions({});
    assert.deepEqual([a.calls, b.calls], [3, 3]);
  });

  /** Two servers, and a client that is connected to both. */
  async function connectPair(): Promise<{
    readonly registries: readonly [FlakyRegistry, FlakyRegistry];
    readonly servers: readonly [MeshServer, MeshServer];
    readonly client: Registry;
  }> {
    const registries = [new FlakyRegistry(), new FlakyRegistry()] as const;
    const servers = [await serve(registries[0]), await serve(registries[1])] as const;
    const client = connect(servers.map(({ address }) => address));
    await eventually('both answer', async () => {
      await client.listVersions({});
      return registries[0].calls * registries[1].calls > 0;
    });
    for (const registry of registries) registry.calls = 0;
    return { registries, servers, client };
  }

  it('asks another address first when one fails, and once when one has too much to do', async () => {
    const { registries, client } = await connectPair();
    const [sick, well] = registries;
    sick.failures = 1_000;
    for (let call = 0; call < 10; call += 1) await client.listVersions({});
    assert.equal(well.calls, 10);
    const overloaded = new MeshError({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'OVERLOADED',
      message: 'asked too much',
      retry: { kind: 'after', delayMs: 400 },
    });
    sick.failure = overloaded;
    well.calls = 0;
    const started = systemClock.monotonic();
    for (let call = 0; call < 4; call += 1) await client.listVersions({});
    assert.equal(well.calls, 4);
    assert.ok(systemClock.monotonic() - started < 400);
    well.failures = 1_000;
    well.failure = overloaded;
    const before = sick.calls + well.calls;
    await assert.rejects(client.listVersions({}), { reason: 'OVERLOADED' });
    assert.equal(sick.calls + well.calls - before, 2);
  });

  it('fails nothing while one of two servers drains and comes back under load', async () => {
    const { registries, servers, client } = await connectPair();
    for (const registry of registries) registry.delayMs = 3;
    let isOver = false;
    let answers = 0;
    const callers = Array.from({ length: 16 }, async () => {
      while (!isOver) {
        await client.listVersions({});
        answers += 1;
      }
    });
    const asked = Promise.all(callers);
    await sleep(30);
    await servers[0].stop(2_000);
    const atStop = answers;
    await sleep(30);
    registries[0].calls = 0;
    await serve(registries[0], servers[0].address);
    await eventually('the server that came back is asked', () => registries[0].calls > 20);
    isOver = true;
    await asked;
    assert.ok(answers > atStop);
  });

  it('keeps its deadline at a peer that accepts and never answers', async () => {
    const server = createTcpServer((socket) => cleanUps.push(() => void socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => void server.close());
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const client = connect([`127.0.0.1:${address.port}`]);
    const started = systemClock.monotonic();
    await assert.rejects(client.listVersions({}, { timeoutMs: durationMs(80) }), {
      reason: 'PEER_UNAVAILABLE',
    });
    assert.ok(systemClock.monotonic() - started < 1_000);
  });

  it('refuses new calls during a drain and answers those under way', async () => {
    const registry = new FlakyRegistry();
    const server = await serve(registry);
    registry.delayMs = 500;
    const client = connect([server.address], { attemptsMax: 1, connectMsMax: durationMs(50) });
    const underWay = client.listVersions({});
    await eventually('the call is under way', () => registry.calls === 1);
    const stopped = server.stop(2_000);
    await assert.rejects(client.listVersions({}), { code: 'UNAVAILABLE' });
    await underWay;
    await stopped;
  });

  it('answers what is under way with DRAINING when the grace is over', async () => {
    const registry = new FlakyRegistry();
    const server = await serve(registry);
    registry.delayMs = 3_000;
    const client = connect([server.address], { attemptsMax: 1 });
    const underWay = client.listVersions({});
    await eventually('the call is under way', () => registry.calls === 1);
    const started = systemClock.monotonic();
    const outcome = assert.rejects(underWay, { code: 'UNAVAILABLE', reason: 'DRAINING' });
    await server.stop(50);
    await outcome;
    assert.ok(systemClock.monotonic() - started < 1_000);
  });

  it('says which methods a server does not have', async () => {
    const client = connect([(await serve(new FlakyRegistry())).address]);
    await assert.rejects(client.history({}), { code: 'UNIMPLEMENTED', reason: 'METHOD_UNKNOWN' });
  });

  it('refuses to be made without an address, or with a wrong one', () => {
    assert.throws(() => connect([]), { reason: 'INVALID_CONFIG' });
    assert.throws(() => connect(['nowhere']), { reason: 'INVALID_CONFIG' });
  });
});

describe('bind', () => {
  const bind = (address: string) =>
    createServer({ name: 'test', address, clock: systemClock, services: [] });

  it('refuses another address than loopback without TLS', () => {
    for (const address of ['0.0.0.0:0', '[::]:0', 'example.com:1', '128.0.0.1:0']) {
      assert.throws(() => bind(address), { code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG' });
    }
    for (const address of ['127.0.0.1:0', '127.1.2.3:0', 'localhost:0', '[::1]:0']) bind(address);
  });

  it('refuses a malformed address', () => {
    for (const address of ['', '127.0.0.1', '127.0.0.1:', ':5001', '127.0.0.1:65536', 'a:b:1']) {
      assert.throws(() => bind(address), { reason: 'INVALID_CONFIG' });
    }
  });

  it('says that a port is taken, and by which address', async () => {
    const first = bind('127.0.0.1:0');
    await first.start();
    await assert.rejects(bind(first.address).start(), (error: MeshError) => {
      assert.equal(error.reason, 'PORT_TAKEN');
      assert.ok(error.message.includes(first.address));
      return true;
    });
    await first.stop(100);
  });
});
