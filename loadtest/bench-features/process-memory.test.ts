import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePeakMib } from './process-memory.ts';

describe('parsePeakMib', () => {
  it('reads the peak, not what is resident now', () =>
    assert.equal(parsePeakMib('Name:\tnode\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\n'), 2));
  it('says nothing where there is none', () =>
    assert.equal(parsePeakMib('Name:\tnode\n'), undefined));
});
