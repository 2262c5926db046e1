import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  ModelInferRequest,
  ModelInferRequest__Output,
} from '../../gen/inference/ModelInferRequest.ts';
import type { ModelInferResponse__Output } from '../../gen/inference/ModelInferResponse.ts';
import { loadMessage } from '../../shared/platform/grpc/load-proto.ts';
import type { GivenAnswer } from '../predict/given-rows.ts';
import { fallbackResponse, givenKeysOf, givenRowsOf, scoresOf } from './given-request.ts';

/** Gives a request as a server reads it. */
function read(request: ModelInferRequest): ModelInferRequest__Output {
  const codec = loadMessage<ModelInferRequest, ModelInferRequest__Output>(
    'inference.ModelInferRequest',
  );
  return codec.deserialize(codec.serialize(request));
}

const values = [1, 2, 3, 4];
const raw = Buffer.from(Float32Array.from(values).buffer);
const input = { name: 'x', datatype: 'FP32', shape: [2, 2] };
const typed = { ...input, contents: { fp32Contents: values } };
const rows = [Float32Array.of(1, 2), Float32Array.of(3, 4)];

describe('givenRowsOf', () => {
  it('reads rows, raw and typed', () => {
    assert.deepEqual(givenRowsOf(read({ inputs: [input], rawInputContents: [raw] }), 2), rows);
    assert.deepEqual(givenRowsOf(read({ inputs: [typed] }), 2), rows);
  });

  it('leaves what is no row of the model to the prediction service', () => {
    const others: readonly ModelInferRequest[] = [
      { inputs: [] },
      { inputs: [input, input], rawInputContents: [raw, raw] },
      { inputs: [{ ...input, datatype: 'FP64' }], rawInputContents: [raw] },
      { inputs: [{ ...input, shape: [4] }], rawInputContents: [raw] },
      { inputs: [{ ...input, shape: [1, 4] }], rawInputContents: [raw] },
      { inputs: [{ ...input, shape: [0, 2] }] },
      { inputs: [input], rawInputContents: [raw.subarray(1)] },
      { inputs: [input], rawInputContents: [raw.subarray(4)] },
      { inputs: [input] },
    ];
    for (const other of others) assert.equal(givenRowsOf(read(other), 2), undefined);
  });
});

describe('givenKeysOf', () => {
  it('reads the keys where all of them are named', () => {
    const parameters = { origin: { stringParam: 'ORD' }, destination: { stringParam: 'LAX' } };
    const request = read({ parameters });
    assert.deepEqual(givenKeysOf(request, ['destination', 'origin']), ['LAX', 'ORD']);
    assert.equal(givenKeysOf(request, ['origin', 'carrier']), undefined);
  });
});

describe('scoresOf', () => {
  const codec = loadMessage<unknown, ModelInferResponse__Output>('inference.ModelInferResponse');
  const answer = (of: object) => codec.deserialize(codec.serialize(of));

  it('gives the first output of each row', () => {
    const outputs = [{ name: 'p', datatype: 'FP32', shape: [2, 2] }];
    assert.deepEqual(scoresOf(answer({ outputs, rawOutputContents: [raw] }), 2), [1, 3]);
    assert.deepEqual(scoresOf(answer({ outputs: [typed] }), 2), [1, 3]);
    assert.deepEqual(scoresOf(answer({ outputs: [] }), 2), [Number.NaN, Number.NaN]);
  });
});

describe('fallbackResponse', () => {
  const fallback = { outputName: 'p', outputs: [Float32Array.of(0.5), Float32Array.of(0.25)] };
  const answer: GivenAnswer = {
    tier: 'FALLBACK',
    version: 1,
    role: 'PRODUCTION',
    predictionId: 'id',
    skipped: 'DEADLINE_PASSED',
    fallback,
  };

  it('answers raw for raw and typed for typed, and says why', () => {
    const request = { modelName: 'm', id: 'seven', inputs: [input], rawInputContents: [raw] };
    const bytes = Buffer.from(Float32Array.of(0.5, 0.25).buffer);
    const response = fallbackResponse(read(request), answer, fallback);
    assert.deepEqual(response?.rawOutputContents, [bytes]);
    assert.deepEqual(response?.outputs, [{ name: 'p', datatype: 'FP32', shape: [2, 1] }]);
    assert.deepEqual([response?.id, response?.modelVersion], ['seven', '1']);
    assert.deepEqual(response?.parameters?.['skipped'], { stringParam: 'DEADLINE_PASSED' });
    const typedResponse = fallbackResponse(read({ inputs: [typed] }), answer, fallback);
    assert.deepEqual(typedResponse?.outputs?.[0]?.contents?.fp32Contents, [0.5, 0.25]);
    assert.deepEqual(typedResponse?.rawOutputContents, []);
  });

  it('does not answer for an output that it does not have', () =>
    assert.equal(
      fallbackResponse(read({ outputs: [{ name: 'q' }] }), answer, fallback),
      undefined,
    ));
});
