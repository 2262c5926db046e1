import type { ModelInferRequest__Output } from '../../gen/inference/ModelInferRequest.ts';
import type { ModelInferResponse } from '../../gen/inference/ModelInferResponse.ts';
import type { ModelStreamInferResponse } from '../../gen/inference/ModelStreamInferResponse.ts';
import { firstTextFault } from '../../shared/compute/tensor/bytes-elements.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import { TensorSignature } from '../../shared/compute/tensor/tensor-signature.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import { EncodedMessage } from '../../shared/platform/grpc/encoded-message.ts';
import { deadlinePassed, type ServerCall } from '../../shared/platform/grpc/server-call.ts';
import { toMeshError } from '../../shared/platform/grpc/status.ts';
import { streamError } from '../../shared/platform/grpc/stream-infer-error.ts';
import type { InferOutcome } from '../core/infer-job.ts';
import type { InferLane } from '../core/infer-lane.ts';
import type { InferScheduler } from '../core/infer-scheduler.ts';
import type { ServableSpec } from '../core/servable-spec.ts';
import type { StatisticsBook } from '../core/servable-statistics.ts';
import type { InferMeter } from './infer-meter.ts';
import type { RowTracer } from './row-tracer.ts';
import { type HostedModels, versionOf } from './v2-models.ts';
import { readParameters, refuseTensorParameters, type V2Parameters } from './v2-parameters.ts';
import { inferResponse } from './v2-response.ts';
import { V2ResponseEncoder } from './v2-response-encoder.ts';

/** What the inference of the protocol needs. */
export interface V2InferParts {
  readonly clock: Clock;
  readonly scheduler: InferScheduler;
  readonly models: HostedModels;
  readonly tracer: RowTracer;
  readonly meter: InferMeter;
  readonly statistics: StatisticsBook;
  /** Longest duration of a request that names no shorter one, milliseconds. */
  readonly requestMsMax: number;
  /** Rows of one native call at most. */
  readonly callRowsMax: number;
}

/** Who waits for a request: exactly one of the two is called, once. */
interface Waiter<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: MeshError) => void;
  readonly write: (submitted: Submitted, outcome: InferredOutcome) => Answer;
}

type InferredOutcome = InferOutcome & { readonly kind: 'rows' };

/** A request on its way to its version. */
interface Submitted {
  readonly request: ModelInferRequest__Output;
  readonly call: ServerCall;
  readonly lane: InferLane;
  readonly signature: TensorSignature;
  readonly encoder: V2ResponseEncoder;
  readonly parameters: V2Parameters;
  readonly picked: readonly number[];
  readonly isRaw: boolean;
  readonly rows: number;
  readonly arrivedAt: MonotonicMs;
  readonly readAt: MonotonicMs;
}

/** How the messages of one version are read and written; made once. */
interface VersionForm {
  readonly signature: TensorSignature;
  readonly encoder: V2ResponseEncoder;
}

/** Answers requests of the protocol: reads the tensors, queues them as one job, writes what it gives. */
export class V2Infer {
  readonly #parts: V2InferParts;
  readonly #forms = new WeakMap<ServableSpec, VersionForm>();

  constructor(parts: V2InferParts) {
    this.#parts = parts;
  }

  /**
   * Runs one request; gives its answer encoded where its tensors are bytes.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN; INVALID_ARGUMENT / TENSOR_UNKNOWN, TENSOR_TYPE, TENSOR_SHAPE, TENSOR_SIZE
   *   or INVALID_FIELD; UNAVAILABLE / MODEL_NOT_READY; RESOURCE_EXHAUSTED / QUEUE_FULL; DEADLINE_EXCEEDED / DEADLINE_PASSED.
   */
  run(
    request: ModelInferRequest__Output,
    call: ServerCall,
  ): Promise<ModelInferResponse | EncodedMessage> {
    return new Promise((resolve, reject) =>
      this.#submit(request, call, { resolve, reject, write: encoded }),
    );
  }

  /** Runs one request of a stream: an error is an answer too, and the stream goes on. */
  async runInStream(
    request: ModelInferRequest__Output,
    call: ServerCall,
  ): Promise<ModelStreamInferResponse> {
    try {
      const inferResponse = await new Promise<ModelInferResponse>((resolve, reject) =>
        this.#submit(request, call, { resolve, reject, write: responseOf }),
      );
      return { inferResponse };
    } catch (thrown) {
      return streamError(toMeshError(thrown), request);
    }
  }

  #submit<Answer>(
    request: ModelInferRequest__Output,
    call: ServerCall,
    waiter: Waiter<Answer>,
  ): void {
    const { clock, models, scheduler, requestMsMax } = this.#parts;
    const arrivedAt = clock.monotonic();
    const { modelName: model, modelVersion } = request;
    const lane = models.laneOf(model, versionOf(models, model, modelVersion));
    const parameters = readParameters(request.parameters, call, arrivedAt, requestMsMax);
    const { signature, encoder } = this.#formOf(lane.spec);
    const { tensors, isRaw } = signature.readInputs(request);
    const picked = signature.pickOutputs(request.outputs);
    for (const tensor of request.inputs) refuseTensorParameters(tensor.name, tensor.parameters);
    for (const tensor of request.outputs) refuseTensorParameters(tensor.name, tensor.parameters);
    const rows = rowsOf(lane.spec, tensors, this.#parts.callRowsMax);
    checkTexts(lane.spec, tensors);
    const readAt = clock.monotonic();
    const submitted = {
      request,
      call,
      lane,
      signature,
      encoder,
      parameters,
      picked,
      isRaw,
      rows,
      arrivedAt,
      readAt,
    };
    scheduler.submit(lane, {
      rows,
      inputs: tensors,
      priority: parameters.priority,
      deadline: parameters.deadline,
      caller: call,
      onSettled: (outcome) => this.#settle(submitted, outcome, waiter),
    });
  }

  #settle<Answer>(submitted: Submitted, outcome: InferOutcome, waiter: Waiter<Answer>): void {
    const { clock, meter, tracer, statistics } = this.#parts;
    const { lane, parameters, rows, arrivedAt, readAt, call } = submitted;
    const settledAt = clock.monotonic();
    const answer = answerOf(submitted, outcome, waiter.write);
    const endedAt = clock.monotonic();
    if (answer instanceof MeshError) waiter.reject(answer);
    else waiter.resolve(answer);
    meter.measure(rows, parameters.priority, outcome);
    statistics.of(lane.id).add({
      rows,
      // By the answer that went out: what came too late is no success.
      outcome: answer instanceof MeshError ? { kind: 'failed', error: answer } : outcome,
      totalMs: endedAt - arrivedAt,
      inputMs: readAt - arrivedAt,
      outputMs: endedAt - settledAt,
      endedAt: clock.epoch(),
    });
    if (call.trace?.isSampled !== true) return;
    const { model, version } = lane.spec;
    tracer.traceOne(
      call.trace,
      { model, version, priority: parameters.priority },
      outcome,
      arrivedAt,
    );
  }

  #formOf(spec: ServableSpec): VersionForm {
    const known = this.#forms.get(spec);
    if (known !== undefined) return known;
    const made = { signature: new TensorSignature(spec), encoder: new V2ResponseEncoder(spec) };
    this.#forms.set(spec, made);
    return made;
  }
}

function answerOf<Answer>(
  submitted: Submitted,
  outcome: InferOutcome,
  write: (submitted: Submitted, outcome: InferredOutcome) => Answer,
): Answer | MeshError {
  if (outcome.kind === 'failed') return outcome.error;
  const { parameters, call } = submitted;
  // Nobody waits for a late answer, and a caller that named a timeout is told the truth.
  if (outcome.call.endedAt > parameters.deadline) return deadlinePassed(call.method);
  return write(submitted, outcome);
}

function encoded(submitted: Submitted, outcome: InferredOutcome) {
  const { request, encoder, picked, isRaw, parameters } = submitted;
  if (!isRaw || parameters.isFinalMarked) return inferResponse(submitted, outcome);
  return new EncodedMessage(encoder.encode(request.id, picked, outcome));
}

function responseOf(submitted: Submitted, outcome: InferredOutcome): ModelInferResponse {
  return inferResponse(submitted, outcome);
}

/**
 * Gives the rows of a request: the first dimension of every input where the model batches.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SHAPE for inputs of different batches, an empty one, and one larger than a call.
 */
function rowsOf(spec: ServableSpec, tensors: readonly Tensor[], callRowsMax: number): number {
  if (spec.batchRowsMax === 0) return 1;
  const rowsMax = Math.min(spec.batchRowsMax, callRowsMax);
  const rows = tensors[0]?.shape[0] ?? 0;
  for (const [at, { shape }] of tensors.entries()) {
    if (shape[0] === rows) continue;
    const [first, other] = [spec.inputs[0]?.name, spec.inputs[at]?.name];
    throw wrongRows(
      `wanted the same first dimension for ${first} and ${other}, got ${rows} and ${shape[0]}`,
    );
  }
  if (rows >= 1 && rows <= rowsMax) return rows;
  throw wrongRows(`wanted a batch of 1 to ${rowsMax} for ${spec.model}, got ${rows}`);
}

/**
 * Checks that BYTES are texts: the runtimes have no other strings. Here rather than where they run, so that nobody who shares the call fails.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_TYPE
 */
function checkTexts({ inputs, artifactFormat }: ServableSpec, tensors: readonly Tensor[]): void {
  for (const [at, { dataType, bytes }] of tensors.entries()) {
    if (dataType !== 'BYTES') continue;
    const name = inputs[at]?.name ?? '';
    const found = firstTextFault(name, bytes);
    // ONNX Runtime alone cuts a text off at U+0000, and says nothing.
    if (found === undefined || (found.fault === 'nul' && artifactFormat !== 'onnx')) continue;
    const { index, fault } = found;
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'TENSOR_TYPE',
      message:
        fault === 'nul'
          ? `wanted texts without U+0000 for ${name}, which element ${index} has: ONNX Runtime would cut it off there`
          : `wanted UTF-8 for ${name}, which element ${index} is not: the runtime has texts only`,
    });
  }
}

function wrongRows(message: string): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'TENSOR_SHAPE', message });
}
