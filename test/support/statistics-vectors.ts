import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** How values of a sample are made: see statistics-vectors.py. */
export interface SampleFormula {
  readonly rows: number;
  readonly step: number;
  readonly offset: number;
  readonly modulus: number;
  readonly shift: number;
  readonly grid: number | null;
}

interface Chi {
  readonly statistic: number;
  readonly degrees: number;
  readonly pValue: number;
}

type Pair = readonly [number, number];
type Triple = readonly [number, number, number];

/** What scipy gives; written by statistics-vectors.py beside it. */
export interface StatisticsVectors {
  readonly kolmogorovSmirnov: readonly {
    readonly left: SampleFormula;
    readonly right: SampleFormula;
    readonly method: 'exact' | 'asymp' | 'auto';
    readonly statistic: number;
    readonly pValue: number;
  }[];
  readonly kolmogorovTails: readonly Triple[];
  readonly special: {
    readonly logGamma: readonly Pair[];
    readonly gammaUpper: readonly Triple[];
    readonly normalUpper: readonly Pair[];
    readonly normalUpperQuantile: readonly Pair[];
    readonly binomialDensity: readonly (readonly [number, number, number, number])[];
  };
  readonly distances: readonly {
    readonly edges: readonly number[];
    readonly reference: readonly number[];
    readonly counts: readonly number[];
    readonly stability: number;
    readonly jensenShannon: number;
    readonly wasserstein: number;
    readonly chiSquare: Chi;
    readonly effectiveRows: number;
    readonly weightedChiSquare: Chi;
  }[];
  readonly shares: readonly (readonly [number, number, number, number, number, number])[];
  readonly falseDiscovery: readonly {
    readonly pValues: readonly number[];
    readonly adjusted: readonly number[];
  }[];
  readonly delong: readonly {
    readonly labels: readonly number[];
    readonly first: readonly number[];
    readonly second: readonly number[];
    readonly auc: number;
    readonly variance: number;
    readonly upper95: number;
    readonly difference: number;
    readonly differenceVariance: number;
    readonly observedOverExpected: number;
    readonly observedUpper95: number;
  }[];
  readonly lifts: readonly {
    readonly cohort: readonly number[];
    readonly covariate: readonly number[];
    readonly value: readonly number[];
    readonly lift: number;
    readonly liftVariance: number;
    readonly varianceLeft: number;
  }[];
  readonly sequences: readonly {
    readonly count: number;
    readonly mean: number;
    readonly variance: number;
    readonly alpha: number;
    readonly planned: number;
    readonly bound: number;
    readonly upper: number;
    readonly twoSidedUpper: number;
    readonly pValue: number;
  }[];
  readonly sampleRatios: readonly {
    readonly model: number;
    readonly control: number;
    readonly share: number;
    readonly pValue: number;
    readonly anytimePValue: number;
  }[];
}

/** Reads the vectors. */
export function statisticsVectors(): StatisticsVectors {
  const text = readFileSync(resolve('test/support/statistics-vectors.json'), 'utf8');
  return JSON.parse(text) as StatisticsVectors;
}

/** Makes a sample by its formula. */
export function sampleOf({
  rows,
  step,
  offset,
  modulus,
  shift,
  grid,
}: SampleFormula): Float64Array {
  return Float64Array.from({ length: rows }, (_, index) => {
    const value = ((index * step + offset) % modulus) / modulus + shift;
    return grid === null ? value : Math.floor(value * grid) / grid;
  });
}

/** Asserts that two numbers agree within 1e-9, relative: what the monitor promises of every statistic. */
export function agrees(got: number, wanted: number, what: string): void {
  // 1e-300: a difference of two numbers that are smaller says nothing.
  const error = Math.abs(got - wanted) / Math.max(Math.abs(wanted), 1e-300);
  assert.ok(error <= 1e-9, `${what}: wanted ${wanted}, got ${got}, which is off by ${error}`);
}
