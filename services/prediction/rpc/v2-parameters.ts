import type { InferParameter__Output } from '../../gen/inference/InferParameter.ts';
import { type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
import { invalidField } from '../../shared/platform/grpc/validate.ts';
import type { InferPriority } from '../core/infer-job.ts';

type Parameters = Readonly<Record<string, InferParameter__Output>>;

/** What a request says about how it is to be run. */
export interface V2Parameters {
  /** Latest moment by which it must have run. */
  readonly deadline: MonotonicMs;
  readonly priority: InferPriority;
  /** Whether each answer of a stream says that it is the last one of its request. */
  readonly isFinalMarked: boolean;
}

/** Levels of the parameter `priority`: 1 before 2, and 0 is the default, 1. */
export const priorityLevels = 2;

const microsPerMs = 1_000;
// A state that lives in the server would need every request of a sequence at one replica; a model's state is a tensor here.
const sequenceNames = ['sequence_id', 'sequence_start', 'sequence_end'] as const;

/**
 * Reads the parameters of a request. Its budget is the least of the call's own deadline, the parameter `timeout` and `longest`.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD for one that cannot be what it says, or that is not served.
 */
export function readParameters(
  parameters: Parameters,
  call: { readonly deadline: MonotonicMs },
  now: MonotonicMs,
  longestMs: number,
): V2Parameters {
  const longest = Math.min(call.deadline, now + longestMs);
  // Most requests have none, and then there is nothing to look for.
  let isEmpty = true;
  for (const _ in parameters) {
    isEmpty = false;
    break;
  }
  if (isEmpty) {
    return { deadline: monotonicMs(longest), priority: 'production', isFinalMarked: false };
  }
  refuseUnserved(parameters);
  const timeoutMs = wholeOf(parameters, 'timeout', Number.MAX_SAFE_INTEGER) / microsPerMs;
  const level = wholeOf(parameters, 'priority', priorityLevels);
  return {
    deadline: monotonicMs(timeoutMs === 0 ? longest : Math.min(longest, now + timeoutMs)),
    priority: level === priorityLevels ? 'shadow' : 'production',
    isFinalMarked: parameters['triton_enable_empty_final_response']?.boolParam === true,
  };
}

/**
 * Refuses what a tensor may ask for and does not get.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function refuseTensorParameters(name: string, parameters: Parameters): void {
  for (const key in parameters) {
    if (key.startsWith('shared_memory_')) {
      throw invalidField(
        `${name}.${key}`,
        'tensors in the message: shared memory is not served',
        'a region',
      );
    }
    if (key === 'classification') {
      throw invalidField(
        `${name}.${key}`,
        'an output as it is: its classes are not sorted here',
        'a number of classes',
      );
    }
  }
}

function refuseUnserved(parameters: Parameters): void {
  for (const name of sequenceNames) {
    const value = parameters[name];
    if (value === undefined || isUnset(value)) continue;
    throw invalidField(
      `parameters.${name}`,
      'none: sequences are not kept here, a state is an input and an output of its model',
      'one',
    );
  }
}

function isUnset({ boolParam, int64Param, uint64Param, stringParam }: InferParameter__Output) {
  return boolParam === false || int64Param === '0' || uint64Param === '0' || stringParam === '';
}

function wholeOf(parameters: Parameters, name: string, max: number): number {
  const parameter = parameters[name];
  if (parameter === undefined) return 0;
  const text = parameter.int64Param ?? parameter.uint64Param;
  const value = text === undefined ? Number.NaN : Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  const got = parameter.parameterChoice ?? 'nothing';
  throw invalidField(
    `parameters.${name}`,
    `a whole number from 0 to ${max} as int64_param or uint64_param`,
    text ?? got,
  );
}
