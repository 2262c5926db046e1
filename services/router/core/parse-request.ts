import {
  hasControlCharacters,
  withoutControlCharacters,
} from '../../shared/kernel/control-characters.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import { type DurationMs, durationMs, type EpochMs, epochMs } from '../../shared/kernel/units.ts';
import type { CallPriority } from '../../shared/policy/admission.ts';
import type { ModelContract, RequestInputType, RequestValue } from './model-contract.ts';

/** A scalar as the wire gives it: at most one of the four is set. */
export interface WireValue {
  readonly number?: number;
  readonly text?: string;
  readonly flag?: boolean;
  readonly timeMs?: number;
}

/** A request as the wire gives it. */
export interface WireRequest {
  readonly entities: Readonly<Record<string, string>>;
  readonly requestFeatures: Readonly<Record<string, WireValue>>;
  readonly atMs: number;
  /** How long the caller waits; 0 or none means until its deadline. */
  readonly timeoutMs?: number;
  readonly priority?: 'PRIORITY_UNSPECIFIED' | 'PRIORITY_HIGH' | 'PRIORITY_LOW';
}

/** A request that can't be wrong any more. */
export interface PredictQuery {
  readonly keys: readonly string[];
  readonly request: Readonly<Record<string, RequestValue>>;
  /** [request columns]. */
  readonly requestValues: Float64Array;
  readonly atMs: EpochMs;
  /** Longest wait of the caller that it named itself; {@link Number.MAX_SAFE_INTEGER} when it named none. */
  readonly timeoutMs: DurationMs;
  readonly priority: CallPriority;
}

/** Longest entity key, in UTF-16 units: keys are codes and ids, and they are stored with every state. */
const keyLengthMax = 256;

function refuse(reason: Reason, field: string, description: string): never {
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason,
    message: `${field}: ${description}`,
    violations: [{ field, description }],
  });
}

function parseKeys(contract: ModelContract, entities: Readonly<Record<string, string>>): string[] {
  const keys: string[] = [];
  for (const name of contract.joinKeys) {
    const key = entities[name];
    const field = `entities.${name}`;
    if (key === undefined) {
      refuse(
        'ENTITY_MISSING',
        field,
        `wanted the entity key '${name}' of model '${contract.model}', got none; name all of ${contract.joinKeys.join(', ')}`,
      );
    }
    if (typeof key !== 'string' || key.length === 0 || key.length > keyLengthMax) {
      refuse(
        'ENTITY_INVALID',
        field,
        `wanted a text of 1 to ${keyLengthMax} characters, got ${typeof key === 'string' ? `${key.length} characters` : typeof key}`,
      );
    }
    if (hasControlCharacters(key)) {
      const got = withoutControlCharacters(JSON.stringify(key.slice(0, 40)));
      refuse('ENTITY_INVALID', field, `wanted a text without control characters, got ${got}`);
    }
    keys.push(key);
  }
  for (const name in entities) {
    if (!contract.joinKeys.includes(name)) {
      refuse(
        'ENTITY_INVALID',
        `entities.${name}`,
        `model '${contract.model}' has no entity key '${name}'; it has ${contract.joinKeys.join(', ')}`,
      );
    }
  }
  return keys;
}

const priorities: Readonly<Record<NonNullable<WireRequest['priority']>, CallPriority>> = {
  PRIORITY_UNSPECIFIED: 'normal',
  PRIORITY_HIGH: 'high',
  PRIORITY_LOW: 'low',
};

const timeForm = 'whole milliseconds since the Unix epoch, within 8.64e15';

/** 8.64e15 ms, 100 million days, on both sides of the epoch: what a Date can hold, and the calendar arithmetic of features with it. */
function isTime(value: RequestValue): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) <= 8.64e15;
}

function parseValue(value: WireValue, type: RequestInputType, field: string): RequestValue {
  const parsed =
    type === 'number'
      ? value.number
      : type === 'text'
        ? value.text
        : type === 'flag'
          ? value.flag
          : value.timeMs;
  if (parsed === undefined) {
    const got = Object.keys(value).find((name) => name !== 'kind') ?? 'null';
    refuse('REQUEST_FEATURE_INVALID', field, `wanted a ${type}, got ${got}`);
  }
  if (typeof parsed === 'number' && !Number.isFinite(parsed)) {
    refuse('REQUEST_FEATURE_INVALID', field, `wanted a finite ${type}, got ${parsed}`);
  }
  if (type === 'time' && !isTime(parsed)) {
    refuse('REQUEST_FEATURE_INVALID', field, `wanted ${timeForm}, got ${String(parsed)}`);
  }
  return parsed;
}

function parseFeatures(
  contract: ModelContract,
  given: Readonly<Record<string, WireValue>>,
): Record<string, RequestValue> {
  const request: Record<string, RequestValue> = {};
  for (const { name, type } of contract.requestInputs) {
    const value = given[name];
    const field = `request_features.${name}`;
    if (value === undefined) {
      refuse(
        'REQUEST_FEATURE_MISSING',
        field,
        `wanted the request feature '${name}' (${type}) of model '${contract.model}', got none`,
      );
    }
    request[name] = parseValue(value, type, field);
  }
  for (const name in given) {
    if (!(name in request)) {
      refuse(
        'REQUEST_FEATURE_UNKNOWN',
        `request_features.${name}`,
        `model '${contract.model}' has no request feature '${name}'; it has ${contract.requestInputs.map((input) => input.name).join(', ')}`,
      );
    }
  }
  return request;
}

/**
 * Reads a request by the contract of its model.
 * @param nowMs time of the prediction when the request names none
 * @param isVirtual whether the mesh runs on a virtual clock, so that a request may name its time
 * @throws {MeshError} INVALID_ARGUMENT / ENTITY_MISSING, ENTITY_INVALID, REQUEST_FEATURE_MISSING, REQUEST_FEATURE_INVALID,
 *   REQUEST_FEATURE_UNKNOWN, INVALID_FIELD
 */
export function parseRequest(
  contract: ModelContract,
  wire: WireRequest,
  nowMs: EpochMs,
  isVirtual: boolean,
): PredictQuery {
  const keys = parseKeys(contract, wire.entities);
  const request = parseFeatures(contract, wire.requestFeatures);
  if (wire.atMs !== 0 && !isVirtual) {
    refuse(
      'INVALID_FIELD',
      'at_ms',
      'wanted 0: this mesh runs on the real clock; a time is taken only in a replay',
    );
  }
  if (!isTime(wire.atMs) || wire.atMs < 0) {
    refuse('INVALID_FIELD', 'at_ms', `wanted 0 or ${timeForm}, got ${wire.atMs}`);
  }
  const timeoutMs = wire.timeoutMs ?? 0;
  if (!(timeoutMs >= 0 && timeoutMs < Number.POSITIVE_INFINITY)) {
    refuse('INVALID_FIELD', 'timeout_ms', `wanted 0 or more milliseconds, got ${timeoutMs}`);
  }
  const requestValues = contract.computeRequest(request);
  contract.requestColumns.forEach((column, index) => {
    if (!Number.isFinite(requestValues[index])) {
      refuse(
        'REQUEST_FEATURE_INVALID',
        `request_features`,
        `the request-time feature '${column}' is not finite for these values`,
      );
    }
  });
  return {
    keys,
    request,
    requestValues,
    atMs: wire.atMs === 0 ? nowMs : epochMs(wire.atMs),
    timeoutMs: durationMs(timeoutMs === 0 ? Number.MAX_SAFE_INTEGER : timeoutMs),
    priority: priorities[wire.priority ?? 'PRIORITY_UNSPECIFIED'],
  };
}
