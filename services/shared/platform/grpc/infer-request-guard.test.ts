import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type {
  ModelInferRequest,
  ModelInferRequest__Output,
} from '../../../gen/inference/ModelInferRequest.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { systemClock } from '../process/system-clock.ts';
import { connectService, type ServiceClient } from './client.ts';
import { implementPartly } from './implement.ts';
import {
  checkInferRequest,
  type InferRequestLimits,
  inferenceGuards,
  inferRequestLimits,
  objectElements,
} from './infer-request-guard.ts';
import { loadMethod } from './load-proto.ts';
import { serveInOrder } from './serve-in-order.ts';
import { createServer, type MeshServer } from './server.ts';

const { definition } = loadMethod('inference.GRPCInferenceService', 'modelInfer');
const encode = (request: ModelInferRequest): Buffer => definition.requestSerialize(request);
const decode = (bytes: Buffer) => definition.requestDeserialize(bytes) as ModelInferRequest__Output;

/** Gives why the guard refuses; undefined where it lets a message through. */
function refusal(bytes: Uint8Array, limits?: InferRequestLimits): MeshError | undefined {
  try {
    checkInferRequest(bytes, limits);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof MeshError);
    assert.equal(error.code, 'INVALID_ARGUMENT');
    return error;
  }
}

const few: InferRequestLimits = {
  inputs: 3,
  outputs: 2,
  rawContents: 2,
  parameters: 4,
  dimensions: 3,
  elements: 40,
  fields: 1_000,
};

/** Gives what the limits bound, counted in the decoded request: the oracle of the guard. */
function countsOf({ inputs, outputs, rawInputContents, parameters }: ModelInferRequest__Output) {
  const tensors = [...inputs, ...outputs];
  const elementsOf = ({ contents }: (typeof inputs)[number]): number =>
    Object.entries(contents ?? {}).reduce(
      (sum, [name, { length }]) =>
        sum + length * (/64C|bytes/.test(name) && !/fp/.test(name) ? objectElements : 1),
      0,
    );
  return {
    inputs: inputs.length,
    outputs: outputs.length,
    rawContents: rawInputContents.length,
    parameters: [{ parameters }, ...tensors].reduce(
      (sum, one) => sum + Object.keys(one.parameters).length,
      0,
    ),
    dimensions: Math.max(0, ...inputs.map(({ shape }) => shape.length)),
    elements: inputs.reduce((sum, one) => sum + elementsOf(one), 0),
  };
}

function isWithin(counts: ReturnType<typeof countsOf>, limits: InferRequestLimits): boolean {
  const names = Object.keys(counts) as (keyof typeof counts)[];
  return names.every((name) => counts[name] <= limits[name]);
}

const texts = fc.string({ maxLength: 4 });
const longs = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const unsignedLongs = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 4 });
const parameters = fc.dictionary(
  texts,
  fc.oneof(
    fc.record({ boolParam: fc.boolean() }),
    fc.record({ int64Param: longs }),
    fc.record({ stringParam: texts }),
    fc.record({ doubleParam: fc.double() }),
    fc.record({ uint64Param: unsignedLongs }),
  ),
  { maxKeys: 2, noNullPrototype: true },
);
const contents = fc.record(
  {
    boolContents: some(fc.boolean()),
    intContents: some(fc.integer()),
    int64Contents: some(longs),
    uintContents: some(fc.nat()),
    uint64Contents: some(unsignedLongs),
    fp32Contents: some(fc.float()),
    fp64Contents: some(fc.double()),
    bytesContents: some(fc.uint8Array({ maxLength: 5 })),
  },
  { requiredKeys: [] },
);
const inputs = fc.record(
  { name: texts, datatype: texts, shape: some(longs), parameters, contents },
  { requiredKeys: [] },
);
const requests = fc.record(
  {
    modelName: texts,
    modelVersion: texts,
    id: texts,
    parameters,
    inputs: some(inputs),
    outputs: fc.array(fc.record({ name: texts, parameters }), { maxLength: 3 }),
    rawInputContents: fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ModelInferRequest>;

describe('checkInferRequest', () => {
  it('lets a valid request through exactly when what it holds is within the limits', () => {
    const seen = { let: 0, refused: 0 };
    fc.assert(
      fc.property(requests, (request) => {
        const bytes = encode(request);
        assert.equal(refusal(bytes), undefined);
        const isFitting = isWithin(countsOf(decode(bytes)), few);
        seen[isFitting ? 'let' : 'refused'] += 1;
        assert.equal(refusal(bytes, few) === undefined, isFitting);
      }),
      { seed: 2, numRuns: 500 },
    );
    assert.ok(seen.let > 50 && seen.refused > 50, JSON.stringify(seen));
  });

  it('lets no bytes through that the codec makes more of than the limits', () => {
    let decodedCount = 0;
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(requests, edits, (request, changes) => {
        const bytes = encode(request);
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        if (refusal(bytes, few) !== undefined) return;
        let decoded: ModelInferRequest__Output;
        try {
          decoded = decode(bytes);
        } catch {
          return; // the codec refuses more, such as texts that are no UTF-8
        }
        decodedCount += 1;
        assert.ok(isWithin(countsOf(decoded), few));
      }),
      { seed: 3, numRuns: 4_000 },
    );
    assert.ok(decodedCount > 200, String(decodedCount));
  });

  it('says what there is too much of, and what to do', () => {
    const shape = (length: number) => encode({ inputs: [{}, { shape: Array(length).fill(1) }] });
    assert.equal(refusal(shape(64)), undefined);
    const dimensions = refusal(shape(65));
    assert.equal(dimensions?.reason, 'TENSOR_SHAPE');
    assert.match(dimensions.message, /at most 64 dimensions .* input 1/);
    const long = (length: number) =>
      encode({ inputs: [{ contents: { int64Contents: Array(length).fill('1') } }] });
    assert.equal(refusal(long(131_072)), undefined);
    const elements = refusal(long(131_073));
    assert.equal(elements?.reason, 'TENSOR_SIZE');
    assert.match(elements.message, /262144 elements .* raw_input_contents/);
    const wide = (length: number) => encode({ outputs: Array(length).fill({}) });
    assert.equal(refusal(wide(1_024)), undefined);
    assert.match(refusal(wide(1_025))?.message ?? '', /at most 1024 outputs/);
  });

  it('counts dimensions and elements that come one by one, in parts and in inputs that come twice', () => {
    const one = Buffer.of(0x18, 1); // shape, not packed
    const input = (parts: readonly Buffer[]) => {
      const body = Buffer.concat(parts);
      return Buffer.concat([Buffer.of(0x2a, (body.length & 0x7f) | 0x80, body.length >> 7), body]);
    };
    assert.equal(refusal(input([one, one, one]), few), undefined);
    assert.equal(refusal(input([one, one, one, one]), few)?.reason, 'TENSOR_SHAPE');
    const pair = Buffer.of(0x1a, 2, 1, 1); // two, packed
    assert.equal(refusal(input([pair, pair]), few)?.reason, 'TENSOR_SHAPE');
    assert.equal(refusal(Buffer.concat([input([pair]), input([pair])]), few), undefined);
    const truth = Buffer.of(0x2a, 4, 0x0a, 2, 0x08, 1); // contents with one of bool_contents
    const twenty = Array.from({ length: 20 }, () => truth);
    assert.equal(refusal(input(twenty), few), undefined);
    assert.equal(refusal(input([...twenty, ...twenty, truth]), few)?.reason, 'TENSOR_SIZE');
  });

  it('refuses bytes that are no such message: other wire types, groups, lengths beyond the end', () => {
    const wrong = [
      [0x2d, 1, 2, 3, 4], // inputs as fixed32
      [0x2a, 5, 0x1d, 1, 1, 1, 1], // shape as fixed32
      [0x53, 0x54], // a group
      [0x2a, 9, 0],
      [0x02, 0], // field 0
      [0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 0], // a tag that is longer than any
      [0x2a, 13, 0x1a, 11, ...Array(10).fill(0x80), 0], // an integer that is longer than any
      [0x0a],
    ];
    for (const bytes of wrong) {
      assert.equal(refusal(Uint8Array.from(bytes))?.reason, 'INVALID_FIELD', bytes.join(' '));
    }
    assert.equal(refusal(Uint8Array.of(0x50, 1, 0x5a, 1, 9, 0x65, 1, 2, 3, 4)), undefined);
  });

  it('stops soon, whatever megabytes are made of', () => {
    const size = 15 * 1024 * 1024;
    const framed = (begin: readonly number[], fill: readonly number[]) => {
      const bytes = Buffer.alloc(size, Uint8Array.from(fill));
      bytes.set(begin);
      return bytes;
    };
    const length = (bytes: number) => [
      (bytes & 0x7f) | 0x80,
      ((bytes >> 7) & 0x7f) | 0x80,
      ((bytes >> 14) & 0x7f) | 0x80,
      bytes >> 21,
    ];
    const hostile = [
      framed([0x2a, ...length(size - 5), 0x1a, ...length(size - 10)], [1]),
      framed([], [0x0a, 0]),
      framed([], [0x2a, 0]),
      framed([], [0x50, 0]),
      framed([0x22, ...length(size - 5)], [0x0a, 0]),
    ];
    for (const bytes of hostile) {
      const reads = { count: 0 };
      const counted = new Proxy(bytes, {
        get(target, key) {
          if (key === 'length') return target.length;
          reads.count += 1;
          return Reflect.get(target, key, target);
        },
      });
      assert.notEqual(refusal(counted), undefined);
      assert.ok(reads.count < inferRequestLimits.fields * 4, String(reads.count));
    }
  });
});

describe('a server with guards', () => {
  let server: MeshServer;
  let client: ServiceClient<'inference.GRPCInferenceService'>;
  const seen: string[] = [];

  before(async () => {
    server = createServer({
      name: 'guarded',
      address: '127.0.0.1:0',
      clock: systemClock,
      services: [
        implementPartly(
          'inference.GRPCInferenceService',
          {
            modelInfer: ({ id }) => {
              seen.push(id);
              return { id };
            },
            modelStreamInfer: serveInOrder(async ({ id }) => {
              seen.push(id);
              return { inferResponse: { id } };
            }, 4),
          },
          inferenceGuards,
        ),
      ],
    });
    await server.start();
    client = connectService('inference.GRPCInferenceService', [server.address], {
      clock: systemClock,
    });
  });
  after(async () => {
    client.close();
    await server.stop(0);
  });

  const hostile = { id: 'hostile', inputs: [{ shape: Array<number>(65).fill(1) }] };
  const refused = { code: 'INVALID_ARGUMENT', reason: 'TENSOR_SHAPE' };

  it('answers what the guard says, and its handler never sees the request', async () => {
    assert.equal((await client.modelInfer({ id: 'sound' })).id, 'sound');
    await assert.rejects(client.modelInfer(hostile), refused);
    assert.ok(!seen.includes('hostile'));
  });

  it('ends a stream with what the guard says, once what came before is answered', async () => {
    async function* given() {
      yield { id: 'one' };
      yield { id: 'two' };
      yield hostile;
      yield { id: 'late' };
    }
    const answered: string[] = [];
    await assert.rejects(async () => {
      for await (const { inferResponse } of client.modelStreamInfer(given())) {
        answered.push(inferResponse?.id ?? '');
      }
    }, refused);
    assert.deepEqual(answered, ['one', 'two']);
    assert.ok(!seen.includes('hostile') && !seen.includes('late'));
  });
});
