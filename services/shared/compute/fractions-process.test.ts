import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { compileAggregate } from './accumulator/compiled-aggregate.ts';
import { foldWindow } from './fold-window.ts';
import type { AggregatePlan } from './plan.ts';

const oracle = 'test/support/fraction-oracle.py';
const whyNot =
  spawnSync('python3', ['--version']).status === 0
    ? undefined
    : 'needs python3, whose fractions are the judge';
if (whyNot !== undefined && process.env['CI'] === 'true') throw new Error(whyNot);

const value = { expression: { kind: 'column', column: 'x' }, isWhole: false, scale: 0 } as const;
const operators = ['sum', 'mean', 'variance', 'stddev', 'skew', 'kurtosis'] as const;

/** Windows that round badly: prices, huge and tiny numbers beside each other, sums that cancel. */
function windows(): readonly Float64Array[] {
  const random = seededRandom(1_867);
  const odd = [5e-324, -5e-324, 2 ** -1_022, 1e308, -1e308, 2 ** 53, 2 ** 53 + 2, 0.1, -0.1];
  const draws: readonly (() => number)[] = [
    () => Math.round(random.next() * 10_000) / 100,
    () => (random.next() - 0.5) * 2 ** Math.floor(random.next() * 200 - 100),
    () => odd[Math.floor(random.next() * odd.length)] ?? 1,
    () => 1.7e9 + random.next(),
    () => (random.next() - 0.5) * 2 ** Math.floor(random.next() * 2_040 - 1_020),
  ];
  return Array.from({ length: 1_000 }, (_, index) => {
    const draw = draws[index % draws.length] ?? (() => 1);
    const xs = Float64Array.from({ length: 1 + Math.floor(random.next() * 40) }, draw);
    if (index % 7 === 0 && xs.length > 1) xs[1] = -(xs[0] ?? 0);
    return xs.map((x) => x + 0);
  });
}

/** As float.hex of Python writes it; NaN as null. */
function fromHex(text: string | null | undefined): number {
  if (text === null || text === undefined) return Number.NaN;
  const match = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text);
  assert.ok(match !== null, `no hexadecimal double: ${text}`);
  const [, sign, first, digits = '', exponent = '0'] = match;
  const mantissa = Number.parseInt(`${first}${digits.padEnd(13, '0')}`, 16);
  // In two exact steps, since 2^-1074 can't be reached in one.
  const scale = Number(exponent) - 52;
  const magnitude = mantissa * 2 ** Math.max(scale, -1_000) * 2 ** Math.min(0, scale + 1_000);
  return sign === '-' ? -magnitude : magnitude;
}

/** As float.fromhex of Python reads it. */
function toHex(x: number): string {
  const bits = new BigUint64Array(new Float64Array([x]).buffer)[0] ?? 0n;
  const field = Number((bits >> 52n) & 0x7ffn);
  const digits = (bits & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const sign = bits >> 63n === 1n ? '-' : '';
  return `${sign}0x${field === 0 ? 0 : 1}.${digits}p${field === 0 ? -1_022 : field - 1_023}`;
}

function accumulated(plan: AggregatePlan, xs: Float64Array): number {
  const aggregate = compileAggregate(plan);
  assert.ok(aggregate.method === 'group');
  const accumulator = aggregate.kind.create();
  xs.forEach((x, seq) => {
    accumulator.add({ x, y: Number.NaN, ts: 0, seq });
  });
  return aggregate.kind.finish(accumulator);
}

describe('the fractions of Python', () => {
  it('agree on every bit of every aggregate', { skip: whyNot }, () => {
    const vectors = windows();
    const input = vectors.map((xs) => JSON.stringify(Array.from(xs, toHex))).join('\n');
    const { stdout, stderr, status } = spawnSync('python3', [oracle], { input, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, string | null>>);
    assert.equal(answers.length, vectors.length);
    vectors.forEach((xs, index) => {
      for (const operator of operators) {
        const wanted = fromHex(answers[index]?.[operator]) + 0;
        const plan: AggregatePlan = { operator, value };
        const what = `${operator} of ${xs.join(', ')}`;
        assert.ok(Object.is(accumulated(plan, xs), wanted), `the accumulator's ${what}`);
        assert.ok(Object.is(foldWindow(plan, xs, xs), wanted), `the audit's ${what}`);
      }
      const fsum = answers[index]?.['fsum'];
      // math.fsum gives up where a partial sum leaves the range; the sum itself need not.
      if (fsum !== null && fsum !== undefined) {
        assert.ok(Object.is(accumulated({ operator: 'sum', value }, xs), fromHex(fsum) + 0));
      }
    });
  });
});
