import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { eventually } from './eventually.ts';

const module = new URL('./leave-nothing-behind.js', import.meta.url).href;

describe('leaveNothingBehind', () => {
  it('ends what a process started that was killed, and nothing that it had ended itself', async () => {
    const script = `
      import { spawn } from 'node:child_process';
      import { leaveNothingBehind } from ${JSON.stringify(module)};
      const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
      leaveNothingBehind(child);
      console.log(child.pid);
      setInterval(() => undefined, 1_000);`;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [text] = await once(runner.stdout, 'data');
    const pid = Number(text);
    const isThere = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    assert.ok(isThere());
    runner.kill('SIGKILL');
    await eventually('it is gone', () => !isThere(), 20_000);
  });
});
