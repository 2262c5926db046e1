import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { memoryOf } from './process-memory.ts';

const isLinux = process.platform === 'linux';
const mib = 1_024 * 1_024;

describe('memoryOf', () => {
  it('tells what a process holds itself from the pages of files', { skip: !isLinux }, () => {
    const before = memoryOf(process.pid);
    const held = Buffer.alloc(256 * mib, 1);
    const after = memoryOf(process.pid);
    assert.ok(before && after);
    // Other memory may go meanwhile, but not half of that.
    assert.ok(after.anonymousMib - before.anonymousMib > 128, `${after.anonymousMib}`);
    // The program and its libraries.
    assert.ok(after.fileMib > 1 && Math.abs(after.fileMib - before.fileMib) < 128);
    assert.equal(held.length, 256 * mib);
  });

  it('counts all that is resident in one or the other', { skip: !isLinux }, () => {
    const status = readFileSync('/proc/self/status', 'utf8');
    const { anonymousMib = 0, fileMib = 0 } = memoryOf(process.pid) ?? {};
    const rssMib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
    assert.ok(
      Math.abs(anonymousMib + fileMib - rssMib) < 32,
      `${anonymousMib} ${fileMib} ${rssMib}`,
    );
  });

  it('gives nothing for a process that is not there', () =>
    assert.equal(memoryOf(2 ** 30), undefined));
});
