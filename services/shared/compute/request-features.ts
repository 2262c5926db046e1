import assert from 'node:assert/strict';
import { compileExpression } from './expression.ts';
import type { RequestFeaturePlan } from './plan.ts';

/** Computes request features for row `row` of numeric columns that stand in the order they were compiled for. */
export interface RequestFeatures {
  readonly names: readonly string[];
  /** Writes one value for each feature from `into[offset]` on; NaN where an input is missing. */
  compute(columns: readonly Float64Array[], row: number, into: Float64Array, offset: number): void;
}

/**
 * Compiles request features for inputs in this order (`requestInputs` of the feature set). The same function runs over the
 * columns of examples in training and over one-row columns in serving. Every column that is read has to be among the
 * inputs.
 */
export function compileRequestFeatures(
  plans: readonly RequestFeaturePlan[],
  inputNames: readonly string[],
): RequestFeatures {
  const functions = plans.map((plan) => compileExpression(plan.expression, inputNames));
  return {
    names: plans.map((plan) => plan.name),
    compute(columns, row, into, offset) {
      for (let index = 0; index < functions.length; index += 1) {
        const value = functions[index]?.(columns, row);
        assert(value !== undefined, 'functions are complete');
        // + 0 turns a negative zero into zero, so that equal numbers are the same bits.
        into[offset + index] = value + 0;
      }
    },
  };
}
