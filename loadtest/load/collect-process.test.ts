import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { freePort } from '../../test/support/free-port.ts';
import { ChildPeer } from './child-peer.ts';
import { temporaryFolder } from './temporary-folder.ts';

const within = AbortSignal.timeout(60_000);

/** Says where, once what its two threads have let go of is collected: neither makes anything else that would have it collected. */
const letsGo = `
  const { isMainThread, parentPort, Worker } = require('node:worker_threads');
  const say = (text) => (isMainThread ? process.send(text) : parentPort.postMessage(text));
  globalThis.watch = new FinalizationRegistry(say);
  watch.register({}, isMainThread ? 'main' : 'worker');
  setInterval(() => {}, 1_000);
  if (isMainThread) {
    const worker = new Worker(__filename);
    worker.on('message', (thread) => process.send(thread));
    worker.on('online', () => process.send('ready'));
  }
`;

describe('the collector', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('has all threads of another process collect their garbage, each time that it is asked', async () => {
    const port = await freePort();
    const said: unknown[] = [];
    using folder = temporaryFolder();
    const module = join(folder.path, 'lets-go.cjs');
    writeFileSync(module, letsGo);
    const child = fork(module, { execArgv: [`--inspect-port=${port}`], silent: true });
    children.push(child);
    child.on('message', (thread) => said.push(thread));
    await eventually('it runs', () => Promise.resolve(said.includes('ready')));
    assert.deepEqual(said, ['ready']);
    using collector = ChildPeer.collector();
    const order = { pid: child.pid ?? 0, port };
    await collector.ask(order, within);
    await eventually('both are collected', () => Promise.resolve(said.length === 3));
    assert.deepEqual(new Set(said), new Set(['ready', 'main', 'worker']));
    await collector.ask(order, within);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await assert.rejects(collector.ask(order, within), /ESRCH/);
  });
});
