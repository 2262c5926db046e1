import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCpuMs, processCpuMs } from './process-cpu.ts';

describe('parseCpuMs', () => {
  it('reads user and system time, past a name with spaces and parentheses', () =>
    assert.equal(parseCpuMs('42 (a) b) S 1 1 1 0 -1 0 1 2 3 4 150 50 0 0 20 0'), 2_000));
  it('gives nothing for a line that is none', () => assert.equal(parseCpuMs('gone'), undefined));
});

describe('processCpuMs', () => {
  it('gives nothing for a process that is not there', () =>
    assert.equal(processCpuMs(2 ** 30), undefined));
});
