import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  deeplyNested,
  nestedFields,
  repeated,
  tagBytes,
  varintBytes,
  wireField,
} from '../../../../test/support/wire-bytes.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type LoadedMethod, loadMethod, loadService, requestShape } from './load-proto.ts';
import type { FieldShape, MessageShape } from './message-shape.ts';
import type { ServiceName } from './service-types.ts';
import { valueGuard, valuesMaxDefault } from './value-guard.ts';
import { delimited, fixed32, fixed64, varint } from './wire-cursor.ts';

const services: readonly ServiceName[] = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
  'inference.GRPCInferenceService',
  'mlmesh.feature.v1.FeatureService',
  'mlmesh.monitor.v1.MonitorService',
  'mlmesh.prediction.v1.PredictionService',
  'mlmesh.registry.v1.RegistryService',
  'mlmesh.router.v1.RouterService',
  'opentelemetry.proto.collector.logs.v1.LogsService',
  'opentelemetry.proto.collector.metrics.v1.MetricsService',
  'opentelemetry.proto.collector.trace.v1.TraceService',
];
const methods: readonly LoadedMethod[] = services.flatMap((name) => loadService(name).methods);
const exportSpans = loadMethod('opentelemetry.proto.collector.trace.v1.TraceService', 'export');

/** Gives why a message is refused; undefined where it is let through. */
function refusal(shape: MessageShape, valuesMax: number, bytes: Uint8Array): MeshError | undefined {
  try {
    valueGuard(shape, valuesMax)(bytes);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof MeshError);
    return error;
  }
}

/** Gives what the codec makes of a message; undefined where it can't read it. */
function decoded({ definition }: LoadedMethod, bytes: Buffer): object | undefined {
  try {
    return definition.requestDeserialize(bytes);
  } catch {
    return undefined;
  }
}

/** Counts what the codec has made: the oracle of the guard. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + 1 + valuesIn(part), 0);
}

/** Makes a message of a shape out of chance: fields in any order, once or often, packed or not. */
function messageOf(shape: MessageShape, chance: () => number, depth = 0): Buffer {
  const numbers = shape.fields.flatMap((field, number) => (field === undefined ? [] : [number]));
  const count = numbers.length === 0 ? 0 : chance() % (depth > 5 ? 1 : 7);
  const fields = Array.from({ length: count }, () => {
    const number = numbers[chance() % numbers.length] ?? 0;
    const field = shape.fields[number];
    return field === undefined ? Buffer.alloc(0) : fieldOf(field, number, chance, depth);
  });
  return Buffer.concat(fields);
}

function fieldOf(field: FieldShape, number: number, chance: () => number, depth: number): Buffer {
  switch (field.kind) {
    case 'bytes':
      return wireField(number, Buffer.alloc(chance() % 4, 'x'));
    case 'message':
      return wireField(number, messageOf(field.shape, chance, depth + 1));
    case 'number': {
      const one = () => {
        if (field.wire === varint) return varintBytes(chance() * (chance() % 3));
        return Buffer.alloc(field.wire === fixed32 ? 4 : 8, chance());
      };
      if (!field.isRepeated || chance() % 2 === 0) {
        return Buffer.concat([tagBytes(number, field.wire), one()]);
      }
      return wireField(number, Buffer.concat(Array.from({ length: chance() % 5 }, one)));
    }
  }
}

const chances = fc.array(fc.nat(255), { minLength: 1, maxLength: 60 }).map((bytes) => {
  let at = 0;
  return () => {
    at += 1;
    return bytes[at % bytes.length] ?? 0;
  };
});

/** Gives the way to every field that a message can have, each message entered once on a way. */
function* waysTo(
  shape: MessageShape,
  above: readonly number[] = [],
  entered: readonly MessageShape[] = [shape],
): Generator<{ readonly above: readonly number[]; readonly number: number; field: FieldShape }> {
  for (const [number, field] of shape.fields.entries()) {
    if (field === undefined) continue;
    yield { above, number, field };
    if (field.kind !== 'message' || entered.includes(field.shape)) continue;
    yield* waysTo(field.shape, [...above, number], [...entered, field.shape]);
  }
}

/** Gives messages of a megabyte: one for each field that one can have, made of nothing but that field, as short as it can be; lists packed too. */
function* messagesOfOneField(shape: MessageShape): Generator<Buffer> {
  for (const { above, number, field } of waysTo(shape)) {
    const wire = field.kind === 'number' ? field.wire : delimited;
    const zeros = Buffer.alloc(wire === fixed32 ? 4 : wire === fixed64 ? 8 : 1);
    yield nestedFields(above, repeated(Buffer.concat([tagBytes(number, wire), zeros]), 2 ** 20));
    if (field.kind !== 'number' || !field.isRepeated) continue;
    yield nestedFields(above, wireField(number, repeated(zeros, 2 ** 20)));
  }
}

describe('valueGuard', () => {
  it('counts at least what the codec makes of a message, of every method of the contract', () => {
    assert.ok(methods.length > 60, String(methods.length));
    let most = 0;
    for (const method of methods) {
      const shape = requestShape(method);
      const property = fc.property(chances, (chance) => {
        const bytes = messageOf(shape, chance);
        const message = decoded(method, bytes);
        assert.ok(message !== undefined, bytes.toString('hex'));
        const values = valuesIn(message);
        most = Math.max(most, values);
        assert.equal(refusal(shape, valuesMaxDefault, bytes), undefined);
        if (values > shape.fieldCount)
          assert.notEqual(refusal(shape, values - 1, bytes), undefined);
      });
      fc.assert(property, { seed: 5, numRuns: 60 });
    }
    assert.ok(most > 100, String(most));
  });

  it('lets no bytes through that the codec makes more of than the limit', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
    const seen = { let: 0, refused: 0 };
    const property = fc.property(
      fc.constantFrom(...methods),
      chances,
      edits,
      fc.nat(120),
      (method, chance, changes, room) => {
        const shape = requestShape(method);
        const valuesMax = shape.fieldCount + room;
        const bytes = messageOf(shape, chance);
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        if (refusal(shape, valuesMax, bytes) !== undefined) {
          seen.refused += 1;
          return;
        }
        const message = decoded(method, bytes);
        if (message === undefined) return;
        seen.let += 1;
        assert.ok(valuesIn(message) <= valuesMax, `${valuesIn(message)} of ${valuesMax}`);
      },
    );
    fc.assert(property, { seed: 6, numRuns: 8_000 });
    assert.ok(seen.let > 1_000 && seen.refused > 1_000, JSON.stringify(seen));
  });

  it('stops at the limit, whichever field of whichever request a megabyte is made of', () => {
    const valuesMax = 1_000;
    let count = 0;
    for (const method of methods) {
      const shape = requestShape(method);
      for (const bytes of messagesOfOneField(shape)) {
        const error = refusal(shape, valuesMax, bytes);
        assert.equal(error?.reason, 'MESSAGE_TOO_LARGE', method.method);
        const [, at = ''] = /by byte (\d+) of/.exec(error.message) ?? [];
        assert.ok(Number(at) <= valuesMax * 10 + 64, `${method.method}: ${error.message}`);
        count += 1;
      }
    }
    assert.ok(count > 500, String(count));
  });

  it('lets exactly as many messages in messages through as the codec reads', () => {
    const shape = requestShape(exportSpans);
    // Enough of an unknown field that the message is long enough to be looked at.
    const padding = repeated(Buffer.of(0x78, 0), 20_000);
    const nested = (depth: number) => {
      // resource_spans, resource, attributes, value; then lists of values.
      const body = nestedFields([1, 1, 1, 2], deeplyNested([5, 1], depth));
      return Buffer.concat([body, padding]);
    };
    for (const depth of [90, 95, 96, 97, 98, 110]) {
      const error = refusal(shape, 15_000, nested(depth));
      assert.equal(
        error === undefined,
        decoded(exportSpans, nested(depth)) !== undefined,
        `${depth}`,
      );
    }
    const deep = refusal(shape, valuesMaxDefault, nested(1_000_000));
    assert.deepEqual([deep?.code, deep?.reason], ['INVALID_ARGUMENT', 'INVALID_FIELD']);
    assert.match(deep?.message ?? '', /at most 100 messages in messages.*resourceSpans/);
  });

  it('says what was wanted, where there is too much, and what to do', () => {
    const shape = requestShape(loadMethod('mlmesh.prediction.v1.PredictionService', 'infer'));
    const error = refusal(shape, valuesMaxDefault, repeated(wireField(1), 15 * 2 ** 20));
    assert.deepEqual([error?.code, error?.reason], ['RESOURCE_EXHAUSTED', 'MESSAGE_TOO_LARGE']);
    assert.match(
      error?.message ?? '',
      /InferRequest of at most 262144 values .* got more by byte \d+ of 15728640, in batches; send less/,
    );
  });

  it('refuses what the codec would read as another field than it is', () => {
    const shape = requestShape(exportSpans);
    // resource_spans as a number, as a group, and longer than the message.
    for (const wrong of [Buffer.of(0x08, 1), Buffer.of(0x0b, 0x0c), Buffer.of(0x0a, 0x7f)]) {
      const bytes = Buffer.concat([repeated(Buffer.of(0x78, 0), 20_000), wrong]);
      assert.equal(refusal(shape, 15_000, bytes)?.reason, 'INVALID_FIELD');
    }
  });
});
