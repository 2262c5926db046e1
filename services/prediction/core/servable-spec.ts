import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';

/** A version as this service needs to know it. Immutable: a version never changes. */
export interface ServableSpec {
  /** Name of the model. */
  readonly model: string;
  /** Number of the version, from 1. */
  readonly version: number;
  /** SHA-256 of the artifact, 64 hexadecimal digits. */
  readonly artifactDigest: string;
  readonly artifactBytes: number;
  /** SHA-256 of the signature, 64 hexadecimal digits; empty where the version has none, which is refused when it is loaded. */
  readonly signatureDigest: string;
  /** `onnx` or `tfjs`; another is refused when it is loaded. */
  readonly artifactFormat: string;
  /** Hash of the feature set of its rows, 64 hexadecimal digits; empty for a model that is bound to none. */
  readonly featureSetHash: string;
  /** What it takes, in order. */
  readonly inputs: readonly TensorSpec[];
  /** What it gives, in order. */
  readonly outputs: readonly TensorSpec[];
  /** Rows of one native call; the first dimension of every tensor is the batch. 0: requests are never joined. */
  readonly batchRowsMax: number;
  /** Bytes of memory that one session may take, as its provenance says. */
  readonly memoryBytes: number;
}

/** Whether a model is bound to a feature set: it takes one matrix of float32, whose values are finite. */
export function isRowModel({ featureSetHash }: ServableSpec): boolean {
  return featureSetHash !== '';
}

/** A version of the registry: what it needs to be served, or why it cannot be. */
export interface KnownVersion {
  readonly model: string;
  readonly version: number;
  readonly spec: ServableSpec | MeshError;
}

/** Name and version in one text, unique in the mesh, such as `flight-delay/2`. */
export type ServableId = string;

/** Gives the id of a version. */
export function servableId(of: { readonly model: string; readonly version: number }): ServableId {
  return `${of.model}/${of.version}`;
}
