import { MeshError } from '../../kernel/mesh-error.ts';
import { widenBfloat16 } from './bfloat16.ts';
import { isDataType } from './data-type.ts';
import { checkTensor, elementCount, type Tensor, type TensorSpec } from './tensor.ts';
import { encodeContents, isEmptyContents, type TypedContents } from './typed-contents.ts';

/** One input as a message of the protocol holds it. */
export interface WireInput {
  readonly name: string;
  readonly datatype: string;
  /** Decimal texts: a dimension is 64 bits wide. */
  readonly shape: readonly string[];
  readonly contents: TypedContents | null;
}

/** The inputs of a request. */
export interface WireInputs {
  readonly inputs: readonly WireInput[];
  /** Bytes of each input, in order; none where the inputs hold typed contents. */
  readonly rawInputContents: readonly Uint8Array[];
}

/** Inputs as a model takes them. */
export interface ReadInputs {
  /** In the order of the signature, checked against it; raw bytes are views of the message. */
  readonly tensors: readonly Tensor[];
  /** Whether the answer carries bytes too: the request did, or held no element at all. */
  readonly isRaw: boolean;
}

/** What one version takes and gives, by name: made once a version, asked for each request. */
export class TensorSignature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly #inputIndex: ReadonlyMap<string, number>;
  readonly #outputIndex: ReadonlyMap<string, number>;
  readonly #allOutputs: readonly number[];

  constructor(spec: {
    readonly inputs: readonly TensorSpec[];
    readonly outputs: readonly TensorSpec[];
  }) {
    this.inputs = spec.inputs;
    this.outputs = spec.outputs;
    this.#inputIndex = indexOf(spec.inputs);
    this.#outputIndex = indexOf(spec.outputs);
    this.#allOutputs = spec.outputs.map((_, index) => index);
  }

  /**
   * Gives the inputs of a request. BF16 is widened where the model takes FP32.
   * @throws {MeshError} INVALID_ARGUMENT / TENSOR_UNKNOWN for a name that is unknown, twice there or missing; TENSOR_TYPE, TENSOR_SHAPE or
   *   TENSOR_SIZE for one that the model does not take; INVALID_FIELD for a mix of raw and typed contents.
   */
  readInputs({ inputs, rawInputContents: raw }: WireInputs): ReadInputs {
    const isRawSent = raw.length > 0;
    if (isRawSent) checkRaw(inputs, raw.length);
    const tensors: (Tensor | undefined)[] = this.inputs.map(() => undefined);
    let hasTyped = false;
    for (const [at, input] of inputs.entries()) {
      const index = this.#inputIndex.get(input.name);
      const spec = index === undefined ? undefined : this.inputs[index];
      if (index === undefined || spec === undefined)
        throw this.#unknownInput(input.name, 'unknown');
      if (tensors[index] !== undefined) throw this.#unknownInput(input.name, 'there twice');
      tensors[index] = readInput(input, spec, raw[at]);
      hasTyped ||= !isRawSent && input.contents !== null && !isEmptyContents(input.contents);
    }
    const missing = tensors.indexOf(undefined);
    if (missing !== -1) throw this.#unknownInput(this.inputs[missing]?.name ?? '', 'missing');
    return { tensors: tensors.filter((tensor) => tensor !== undefined), isRaw: !hasTyped };
  }

  /**
   * Gives which outputs a request asks for, as places in the signature, in the order of the request; all where it names none.
   * @throws {MeshError} INVALID_ARGUMENT / TENSOR_UNKNOWN
   */
  pickOutputs(requested: readonly { readonly name: string }[]): readonly number[] {
    if (requested.length === 0) return this.#allOutputs;
    const picked = requested.map(({ name }) => {
      const index = this.#outputIndex.get(name);
      if (index === undefined) throw unknown('output', name, 'unknown', this.outputs);
      return index;
    });
    const twice = picked.find((index, at) => picked.indexOf(index) !== at);
    if (twice === undefined) return picked;
    throw unknown('output', this.outputs[twice]?.name ?? '', 'there twice', this.outputs);
  }

  #unknownInput(name: string, what: string): MeshError {
    return unknown('input', name, what, this.inputs);
  }
}

function readInput(input: WireInput, spec: TensorSpec, raw: Uint8Array | undefined): Tensor {
  const { name, datatype } = input;
  if (!isDataType(datatype)) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'TENSOR_TYPE',
      message: `wanted ${spec.dataType} for ${name}, got '${datatype.slice(0, 64)}', which is no datatype`,
    });
  }
  const shape = input.shape.map(Number);
  const isWidened = datatype === 'BF16' && spec.dataType === 'FP32';
  const taken = isWidened ? { ...spec, dataType: datatype } : spec;
  const bytes = raw ?? typedBytes(input, taken, shape);
  const tensor: Tensor = { dataType: datatype, shape, bytes };
  checkTensor(taken, tensor);
  return isWidened ? { dataType: 'FP32', shape, bytes: widenBfloat16(bytes) } : tensor;
}

function typedBytes(
  { name, datatype, contents }: WireInput,
  { dataType }: TensorSpec,
  shape: readonly number[],
): Uint8Array {
  const elements = elementCount(name, shape);
  // Another datatype than the model's is refused by the check of the tensor, whose message names both.
  if (contents === null || elements === 0 || datatype !== dataType) return new Uint8Array();
  return encodeContents(name, { dataType, elements }, contents);
}

function checkRaw(inputs: readonly WireInput[], rawCount: number): void {
  const typed = inputs.find(({ contents }) => contents !== null && !isEmptyContents(contents));
  if (typed !== undefined) {
    const description = `wanted either raw_input_contents or typed contents, got both: ${typed.name} has typed ones`;
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_FIELD',
      message: `raw_input_contents: ${description}`,
      violations: [{ field: 'raw_input_contents', description }],
    });
  }
  if (rawCount === inputs.length) return;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'TENSOR_SIZE',
    message: `wanted one entry of raw_input_contents for each of ${inputs.length} inputs, in their order, got ${rawCount}`,
  });
}

function indexOf(specs: readonly TensorSpec[]): ReadonlyMap<string, number> {
  return new Map(specs.map(({ name }, index) => [name, index]));
}

function unknown(
  side: 'input' | 'output',
  name: string,
  what: string,
  specs: readonly TensorSpec[],
): MeshError {
  const known = specs.map((spec) => `${spec.name} (${spec.dataType} [${spec.shape.join(', ')}])`);
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'TENSOR_UNKNOWN',
    message: `the ${side} '${name.slice(0, 64)}' is ${what}; the model ${side === 'input' ? 'takes' : 'gives'} ${known.join(', ')}`,
  });
}
