import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { servableSpec } from '../../../test/support/servable-spec.ts';
import { dataTypes } from '../../shared/compute/tensor/data-type.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import { TensorSignature } from '../../shared/compute/tensor/tensor-signature.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { loadMethod } from '../../shared/platform/grpc/load-proto.ts';
import { InferLane } from '../core/infer-lane.ts';
import { inferResponse } from './v2-response.ts';
import { V2ResponseEncoder } from './v2-response-encoder.ts';

const { definition } = loadMethod('inference.GRPCInferenceService', 'modelInfer');

const tensors = fc.array(
  fc.record({
    name: fc.string({ minLength: 1 }),
    dataType: fc.constantFrom(...dataTypes),
    shape: fc.array(fc.oneof(fc.nat(200), fc.nat(2 ** 31 - 1)), { maxLength: 4 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 4 },
);

const requests = fc.record({
  id: fc.string(),
  model: fc.string({ minLength: 1 }),
  version: fc.integer({ min: 1, max: 2 ** 31 }),
  backend: fc.constantFrom('onnxruntime-cpu', 'tfjs-wasm'),
  queueMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  computeMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  rows: fc.integer({ min: 1, max: 2 ** 20 }),
  tensors,
});

describe('V2ResponseEncoder', () => {
  it('writes what the codec reads as the same answer', () => {
    const property = fc.property(
      requests,
      fc.array(fc.nat(3), { maxLength: 3 }),
      (request, places) => {
        const outputs: readonly Tensor[] = request.tensors;
        const { model, version, id, rows } = request;
        const spec = servableSpec({ model, version, outputs: request.tensors });
        const picked = places.filter((place) => place < outputs.length);
        const call = {
          rows,
          outputs,
          backend: request.backend,
          threadId: 1,
          startedAt: monotonicMs(request.queueMs),
          endedAt: monotonicMs(request.queueMs + request.computeMs),
          badInputRows: [],
          badOutputRows: [],
        };
        const outcome = { kind: 'rows', outputs, queuedAt: monotonicMs(0), call } as const;
        const lane = new InferLane({
          spec,
          run: () => Promise.reject(new Error('not run')),
          callsMax: 1,
          limits: {
            rowsMax: 1,
            batchDelayMs: 0,
            queueRowsMax: 1,
            shadowQueueRowsMax: 1,
            queueBytesMax: 1,
            callBytesMax: 1,
          },
        });
        const plain = inferResponse(
          {
            request: { id } as Parameters<typeof inferResponse>[0]['request'],
            lane,
            signature: new TensorSignature(spec),
            parameters: { deadline: monotonicMs(0), priority: 'production', isFinalMarked: false },
            picked,
            isRaw: true,
          },
          outcome,
        );
        const encoder = new V2ResponseEncoder(spec);
        assert.deepEqual(
          definition.responseDeserialize(encoder.encode(id, picked, outcome)),
          definition.responseDeserialize(definition.responseSerialize(plain)),
        );
      },
    );
    fc.assert(property, { numRuns: 300, seed: 11 });
  });
});
