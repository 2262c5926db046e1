import { randomUUID } from 'node:crypto';
import { Metadata } from '@grpc/grpc-js';
import type { BadRequest, BadRequest__Output } from '../../../gen/google/rpc/BadRequest.ts';
import type { ErrorInfo, ErrorInfo__Output } from '../../../gen/google/rpc/ErrorInfo.ts';
import type { RetryInfo, RetryInfo__Output } from '../../../gen/google/rpc/RetryInfo.ts';
import { type Code, codes } from '../../kernel/code.ts';
import { type FieldViolation, MeshError, type RetryHint } from '../../kernel/mesh-error.ts';
import { type Reason, reasons } from '../../kernel/reason.ts';
import { loadMessage } from './load-proto.ts';

// The one place where errors cross the wire: MeshError <-> google.rpc.Status in `grpc-status-details-bin`.

const domain = 'mlmesh';
const statusKey = 'grpc-status-details-bin';
const retryKey = 'retry'; // in ErrorInfo.metadata: RetryInfo cannot say "elsewhere"
// Trailers are headers: peers refuse lists above 8 or 16 KiB, and the text travels twice.
const messageCharsMax = 1_000;
const violationsMax = 16;

/** An error as grpc-js takes it from a handler. */
export interface WireStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** An error of one batch inside a stream, which goes on: InferError, BatchError, PredictError. */
export interface BatchError {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** What decodeStatus reads of grpc-js's ServiceError. */
export interface GrpcError {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

interface Any {
  readonly type_url: string;
  readonly value: Buffer;
}

interface Status {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Any[];
}

/**
 * Gives what was thrown as a MeshError: itself, or INTERNAL with a fresh id where a program error came through. The
 * text of such an error stays in `cause`, for the log alone.
 */
export function toMeshError(thrown: unknown): MeshError {
  if (thrown instanceof MeshError) return thrown;
  const errorId = randomUUID();
  return new MeshError({
    code: 'INTERNAL',
    reason: 'INTERNAL',
    message: `the mesh failed; look for error id ${errorId} in the log of the service`,
    detail: { errorId },
    cause: thrown,
  });
}

/** Writes an error for the trailer. */
export function encodeStatus(error: MeshError): WireStatus {
  const code = codes[error.code];
  const message = clip(error.message);
  const details = [pack<ErrorInfo>('ErrorInfo', errorInfoOf(error))];
  if (error.violations.length > 0) {
    const fieldViolations = error.violations.slice(0, violationsMax).map((violation) => ({
      field: clip(violation.field),
      description: clip(violation.description),
    }));
    details.push(pack<BadRequest>('BadRequest', { fieldViolations }));
  }
  if (error.retry.kind === 'after') {
    details.push(pack<RetryInfo>('RetryInfo', { retryDelay: durationOf(error.retry.delayMs) }));
  }
  const metadata = new Metadata();
  metadata.set(statusKey, statusMessage().serialize({ code, message, details }));
  return { code, details: message, metadata };
}

/**
 * Reads the error of a call. A peer that is not of this mesh gives no reason; then it follows from the code. A reason
 * that this version does not know becomes INTERNAL and stays readable in `detail.reason`. INTERNAL that no service of
 * this mesh has signed is what HTTP/2 says of a connection that broke, so it becomes UNAVAILABLE.
 */
export function decodeStatus(error: GrpcError, method: string): MeshError {
  const told = codeOf(error.code);
  const trailer = error.metadata?.get(statusKey)[0];
  const status = trailer instanceof Buffer ? readStatus(trailer) : undefined;
  const info = unpack<ErrorInfo__Output>('ErrorInfo', status?.details);
  if (info === undefined || info.domain !== domain) {
    const code = told === 'INTERNAL' ? 'UNAVAILABLE' : told;
    return new MeshError({
      code,
      reason: reasonByCode[code],
      message: `${method}: ${error.details}`,
      retry: code === 'UNAVAILABLE' ? { kind: 'elsewhere' } : { kind: 'never' },
      cause: error,
    });
  }
  const { [retryKey]: retry, ...detail } = info.metadata;
  const reason = reasonOf(info.reason);
  return new MeshError({
    code: told,
    reason: reason ?? 'INTERNAL',
    message: status?.message || error.details,
    detail: reason === undefined ? { ...detail, reason: info.reason } : detail,
    violations: violationsOf(status?.details),
    retry: retryOf(status?.details, retry),
    cause: error,
  });
}

/** Writes an error of one batch inside a stream. */
export function encodeBatchError(error: MeshError): BatchError {
  return { code: codes[error.code], reason: error.reason, message: clip(error.message) };
}

/** Reads an error of one batch inside a stream. */
export function decodeBatchError(error: BatchError): MeshError {
  const code = codeOf(error.code);
  return new MeshError({
    code,
    reason: reasonOf(error.reason) ?? reasonByCode[code],
    message: error.message,
  });
}

/** Says what the code alone says. RESOURCE_EXHAUSTED without a reason is grpc-js's own word for a message above the limit. */
const reasonByCode: Readonly<Record<Code, Reason>> = {
  CANCELLED: 'CALL_CANCELLED',
  UNKNOWN: 'INTERNAL',
  INVALID_ARGUMENT: 'INVALID_FIELD',
  DEADLINE_EXCEEDED: 'DEADLINE_PASSED',
  NOT_FOUND: 'INTERNAL',
  ALREADY_EXISTS: 'INTERNAL',
  PERMISSION_DENIED: 'INTERNAL',
  RESOURCE_EXHAUSTED: 'MESSAGE_TOO_LARGE',
  FAILED_PRECONDITION: 'INTERNAL',
  ABORTED: 'INTERNAL',
  OUT_OF_RANGE: 'INVALID_FIELD',
  UNIMPLEMENTED: 'METHOD_UNKNOWN',
  INTERNAL: 'INTERNAL',
  UNAVAILABLE: 'PEER_UNAVAILABLE',
  DATA_LOSS: 'INTERNAL',
  UNAUTHENTICATED: 'INTERNAL',
};

const codeNames = new Map<number, Code>(
  Object.entries(codes).flatMap(([name, number]) =>
    name === 'OK' ? [] : [[number, name as Code] as const],
  ),
);
const reasonSet: ReadonlySet<string> = new Set(reasons);

function codeOf(number: number): Code {
  return codeNames.get(number) ?? 'UNKNOWN';
}

function reasonOf(text: string): Reason | undefined {
  return reasonSet.has(text) ? (text as Reason) : undefined;
}

function errorInfoOf(error: MeshError): ErrorInfo {
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(error.detail)) metadata[key] = clip(String(value));
  if (error.retry.kind === 'elsewhere') metadata[retryKey] = 'elsewhere';
  return { reason: error.reason, domain, metadata };
}

function violationsOf(details: readonly Any[] | undefined): readonly FieldViolation[] {
  const request = unpack<BadRequest__Output>('BadRequest', details);
  return (request?.fieldViolations ?? []).map(({ field, description }) => ({ field, description }));
}

function retryOf(details: readonly Any[] | undefined, word: string | undefined): RetryHint {
  const delay = unpack<RetryInfo__Output>('RetryInfo', details)?.retryDelay;
  if (delay) {
    return { kind: 'after', delayMs: Number(delay.seconds) * 1_000 + delay.nanos / 1e6 };
  }
  return word === 'elsewhere' ? { kind: 'elsewhere' } : { kind: 'never' };
}

function durationOf(ms: number): { readonly seconds: number; readonly nanos: number } {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1e6) };
}

function statusMessage() {
  return loadMessage<Status, Status>('google.rpc.Status');
}

/** A trailer that is not a Status is the peer's fault and must not hide the error that it came with. */
function readStatus(bytes: Buffer): Status | undefined {
  try {
    return statusMessage().deserialize(bytes);
  } catch {
    return undefined;
  }
}

function pack<In>(name: string, value: In): Any {
  const bytes = loadMessage<In, unknown>(`google.rpc.${name}`).serialize(value);
  return { type_url: `type.googleapis.com/google.rpc.${name}`, value: bytes };
}

function unpack<Out>(name: string, details: readonly Any[] | undefined): Out | undefined {
  const any = details?.find(({ type_url }) => type_url.endsWith(`/google.rpc.${name}`));
  if (any === undefined) return undefined;
  try {
    return loadMessage<unknown, Out>(`google.rpc.${name}`).deserialize(any.value);
  } catch {
    return undefined;
  }
}

/** Cuts a text to what a trailer can carry; half a surrogate pair, which grpc-js cannot write, becomes U+FFFD. */
function clip(text: string): string {
  const short = text.length <= messageCharsMax ? text : `${text.slice(0, messageCharsMax - 3)}...`;
  return Buffer.from(short, 'utf8').toString('utf8');
}
