import { once } from 'node:events';
import {
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { Clock } from '../../kernel/clock.ts';
import { formatTraceparent, type TraceContext } from '../../kernel/trace-context.ts';
import type { MonotonicMs } from '../../kernel/units.ts';
import type { LoadedMethod } from './load-proto.ts';
import { priorityHeader } from './priority-header.ts';
import { readMessages } from './read-messages.ts';
import { decodeStatus, toMeshError } from './status.ts';

/** One call to one method, with all that it carries. */
export interface OutgoingCall {
  readonly method: LoadedMethod;
  /** Infinity for a stream that nobody limits. */
  readonly deadline: MonotonicMs;
  readonly signal: AbortSignal;
  readonly trace: TraceContext | undefined;
  /** Whether a server that has too much to do should let it in before others. */
  readonly isUrgent?: boolean;
  readonly clock: Clock;
}

/** The signal of calls that nobody but their deadline ends. */
export const neverAborts: AbortSignal = new AbortController().signal;

type Writable = ClientWritableStream<object> | ClientDuplexStream<object, object>;
/** A call under way. */
export interface Cancellable {
  cancel(): void;
}

/** Called once with the answer, or with why there is none. */
export type UnaryOutcome = (error: unknown, answer: object | undefined) => void;

/** Sends one request and gives its answer. */
export function callUnary(peer: Client, call: OutgoingCall, request: object): Promise<object> {
  return new Promise((resolve, reject) => {
    startUnary(peer, call, request, (error, answer) => {
      if (answer !== undefined) resolve(answer);
      else reject(error);
    });
  });
}

/** Sends one request; gives what ends it before its answer is there. */
export function startUnary(
  peer: Client,
  call: OutgoingCall,
  request: object,
  onOutcome: UnaryOutcome,
): Cancellable {
  const { path, requestSerialize, responseDeserialize } = call.method.definition;
  const raw = peer.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    metadataOf(call),
    { deadline: grpcDeadline(call) },
    (error, answer) => {
      release();
      if (error === null && answer !== undefined) onOutcome(undefined, answer);
      else onOutcome(callError(error, call), undefined);
    },
  );
  const release = cancelOnAbort(raw, call.signal);
  return raw;
}

/** Sends one request and gives its answers. */
export async function* callServerStream(
  peer: Client,
  call: OutgoingCall,
  request: object,
): AsyncGenerator<object, void, undefined> {
  const { path, requestSerialize, responseDeserialize } = call.method.definition;
  yield* responsesOf(
    peer.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadataOf(call),
      { deadline: grpcDeadline(call) },
    ),
    call,
  );
}

/** Sends requests as fast as the peer takes them and gives its answer. */
export function callClientStream(
  peer: Client,
  call: OutgoingCall,
  requests: AsyncIterable<object>,
): Promise<object> {
  const { path, requestSerialize, responseDeserialize } = call.method.definition;
  return new Promise((resolve, reject) => {
    const end = new AbortController();
    const raw = peer.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      metadataOf(call),
      { deadline: grpcDeadline(call) },
      (error, answer) => {
        release();
        end.abort();
        if (error === null && answer !== undefined) resolve(answer);
        else reject(callError(error, call));
      },
    );
    const release = cancelOnAbort(raw, call.signal);
    sendAll(raw, requests, end.signal).catch((error: unknown) => {
      reject(error);
      raw.cancel();
    });
  });
}

/** Sends requests as fast as the peer takes them and gives its answers as they come. */
export async function* callBidi(
  peer: Client,
  call: OutgoingCall,
  requests: AsyncIterable<object>,
): AsyncGenerator<object, void, undefined> {
  const { path, requestSerialize, responseDeserialize } = call.method.definition;
  const raw = peer.makeBidiStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    metadataOf(call),
    { deadline: grpcDeadline(call) },
  );
  const end = new AbortController();
  const sender = { failure: undefined as unknown };
  void sendAll(raw, requests, end.signal).catch((error: unknown) => {
    sender.failure = error;
    raw.cancel();
  });
  try {
    yield* responsesOf(raw, call);
  } catch (error) {
    throw sender.failure ?? error;
  } finally {
    end.abort();
  }
}

/** Gives the metadata of a call. */
function metadataOf({ trace, isUrgent }: Pick<OutgoingCall, 'trace' | 'isUrgent'>): Metadata {
  const metadata = new Metadata();
  if (isUrgent === true) metadata.set(priorityHeader, 'high');
  if (trace !== undefined) metadata.set('traceparent', formatTraceparent(trace));
  return metadata;
}

async function* responsesOf(
  raw: ClientReadableStream<object> | ClientDuplexStream<object, object>,
  call: OutgoingCall,
): AsyncGenerator<object, void, undefined> {
  raw.on('error', () => {}); // the reader may not listen yet, or no more
  const release = cancelOnAbort(raw, call.signal);
  try {
    yield* readMessages(raw, call.signal);
  } catch (error) {
    throw callError(error, call);
  } finally {
    release();
    raw.cancel();
  }
}

/** Writes until the requests end, or `end` says that the call is over. */
async function sendAll(
  raw: Writable,
  requests: AsyncIterable<object>,
  end: AbortSignal,
): Promise<void> {
  for await (const request of requests) {
    if (end.aborted) return;
    if (raw.write(request)) continue;
    try {
      await once(raw, 'drain', { signal: end });
    } catch {
      return; // the call is over, and its outcome is reported by whoever reads it
    }
  }
  raw.end();
}

function cancelOnAbort(raw: Cancellable, signal: AbortSignal): () => void {
  if (signal === neverAborts) return () => {};
  const cancel = () => raw.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

function grpcDeadline({ deadline, clock }: OutgoingCall): number {
  return Date.now() + (deadline - clock.monotonic());
}

function callError(error: unknown, { signal, method }: OutgoingCall): unknown {
  if (signal.aborted) return signal.reason;
  return isServiceError(error) ? decodeStatus(error, method.method) : toMeshError(error);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}
