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
  /** Hash of the feature set of its rows, 64 hexadecimal digits. */
  readonly featureSetHash: string;
  /** Name of the input tensor, float32 [rows, columns]. */
  readonly inputName: string;
  /** Features of a row, from 1. */
  readonly columns: number;
  /** Name of the output tensor, float32 [rows, outputs]. */
  readonly outputName: string;
  /** Outputs of a row, from 1. */
  readonly outputs: number;
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
