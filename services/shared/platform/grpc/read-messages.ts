import type { Readable } from 'node:stream';
import { RefusedRequest } from './request-guard.ts';

/**
 * Gives the messages of a stream in order; fails with what the stream fails with, with what the guard of a message says, or with `signal.reason`. Unlike a
 * stream's own iterator it leaves the stream alone when the reader stops early: a server still answers on it.
 */
export async function* readMessages(
  stream: Readable,
  signal: AbortSignal,
): AsyncGenerator<object, void, undefined> {
  const state = { failure: undefined as unknown, isEnded: false, wake: () => {} };
  const onReadable = () => state.wake();
  const onEnd = () => {
    state.isEnded = true;
    state.wake();
  };
  const onError = (error: unknown) => {
    state.failure = error;
    state.wake();
  };
  stream.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', onError);
  signal.addEventListener('abort', onReadable);
  try {
    for (;;) {
      signal.throwIfAborted();
      const message: object | null = stream.read();
      if (message instanceof RefusedRequest) throw message.error;
      if (message !== null) {
        yield message;
        continue;
      }
      if (state.failure !== undefined) throw state.failure;
      if (state.isEnded) return;
      await new Promise<void>((resolve) => {
        state.wake = resolve;
      });
    }
  } finally {
    stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd);
    // The error listener stays: a late error of a stream that nobody reads any more is no crash.
    signal.removeEventListener('abort', onReadable);
  }
}
