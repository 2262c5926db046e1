import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { floatMatrix, floatsOf } from '../services/shared/compute/tensor/float-matrix.ts';
import { bars, verdictOf } from './bars.ts';
import { benchModel, benchRows, smallWidths } from './bench-model.ts';
import { drawChart } from './chart.ts';
import { benchFormats } from './open-bench-model.ts';
import type { Row } from './part.ts';

const row: Row = {
  backend: 'a < b',
  path: 'raw call',
  batch: 1,
  threads: 1,
  inFlight: 1,
  rowsPerSecond: 1_000,
  p50Us: 1,
  p99Us: 2,
  calls: 3,
};

describe('drawChart', () => {
  it('draws a bar a row, logarithmic, with its text escaped', () => {
    const rows = [row, { ...row, rowsPerSecond: 1_000_000 }];
    const options = { rounds: 1, secondsPerRound: 1, show: () => undefined };
    const result = { figures: {}, rows, notes: [] };
    const svg = drawChart({ options, results: new Map([['part', result]]) });
    const widths = [...svg.matchAll(/<rect x="330" y="\d+" width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    assert.deepEqual(widths, [240, 480]);
    assert.match(svg, /a &lt; b, raw call, batch 1, 1 thread</);
  });
});

describe('verdictOf', () => {
  it('holds figures to their bars, and states nothing of what was not measured', () => {
    const [least, below] = [bars[0], bars[1]];
    assert(least !== undefined && below !== undefined);
    assert.equal(verdictOf(least, least.value), 'pass');
    assert.equal(verdictOf(least, least.value - 0.001), 'miss');
    assert.equal(verdictOf(below, below.value), 'miss');
    assert.equal(verdictOf(below, undefined), 'not stated');
    assert.equal(verdictOf(below, Number.NaN), 'not stated');
  });
});

describe('benchFormats', () => {
  it('compares runtimes that give the same outputs', async () => {
    const columns = smallWidths[0] ?? 0;
    const outputs = new Map<string, Float32Array>();
    for (const format of ['onnx', 'plain', 'tfjs-cpu'] as const) {
      const { bytes, spec } = benchModel(smallWidths, format);
      const model = await (await benchFormats[format]())(bytes, spec);
      const [output] = await model.run([floatMatrix(benchRows(3, columns), 3)]);
      assert(output !== undefined);
      outputs.set(format, floatsOf(output));
      await model.release();
    }
    const plain = outputs.get('plain') ?? new Float32Array();
    assert.equal(plain.length, 3);
    for (const [format, values] of outputs) {
      // float32 sums of 64 terms in another order.
      for (const [at, value] of values.entries()) {
        assert.ok(Math.abs(value - (plain[at] ?? Number.NaN)) < 1e-5, `${format} row ${at}`);
      }
    }
  });
});
