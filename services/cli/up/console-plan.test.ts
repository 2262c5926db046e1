import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { parseConsoleOption, planConsole } from './console-plan.ts';

const loopback = '127.0.0.1';

describe('planConsole', () => {
  it('takes the port that is named, and a free one where another program has it', async () => {
    const free = await planConsole({ port: 0 }, 7_500, loopback);
    const port = Number(free.split(':')[1]);
    assert.equal(await planConsole({ port }, 7_500, loopback), free);
    const holder = createServer();
    await new Promise<void>((resolve) => {
      holder.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
    });
    const other = await planConsole({ port }, 7_500, loopback);
    holder.close();
    assert.match(other, /^127\.0\.0\.1:\d+$/);
    assert.notEqual(other, free);
  });

  it('picks a free one where the services get free ones, and where none is left behind them', async () => {
    for (const base of [0, 65_531]) {
      assert.match(await planConsole({}, base, loopback), /^127\.0\.0\.1:[1-9]\d+$/);
    }
  });
});

describe('parseConsoleOption', () => {
  it('adds one option to those before it', () => {
    const before = parseConsoleOption('port=7600', true);
    assert.deepEqual(before, { port: 7_600 });
    assert.deepEqual(parseConsoleOption('readOnly=true', before), { port: 7_600, readOnly: true });
    assert.deepEqual(parseConsoleOption('hosts=a.example,10.0.0.7', {}), {
      hosts: 'a.example,10.0.0.7',
    });
  });

  it('refuses what the console does not know', () => {
    for (const text of ['port=70000', 'port=', 'readOnly=yes', 'colour=red', 'hosts=a b', '']) {
      assert.throws(() => parseConsoleOption(text, {}), /wanted port=/);
    }
  });
});
