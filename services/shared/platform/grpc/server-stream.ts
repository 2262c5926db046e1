import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import { RefusedRequest } from './request-guard.ts';
import type { FrameHandler } from './serve-frames.ts';
import type { IncomingCall } from './server-call.ts';

/** Resolves when a stream takes more, or is gone. */
export function afterDrain(
  raw: ServerWritableStream<object, object> | ServerDuplexStream<object, object>,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done);
      raw.off('close', done);
      resolve();
    };
    raw.on('drain', done);
    raw.on('close', done);
  });
}

/** Reads the frames of one stream as long as its handler keeps up. */
export class FrameReader {
  readonly #raw: ServerDuplexStream<object, object>;
  readonly #handler: FrameHandler<object, object>;
  readonly #call: IncomingCall;
  readonly #settle: (error: unknown) => void;
  #framesUnderWay = 0;
  #isWritable = true;
  #isEnded = false;
  #endError: unknown;

  /** Calls `settle` once: with undefined after the caller's last frame is answered, or with why the stream ends. */
  constructor(
    raw: ServerDuplexStream<object, object>,
    handler: FrameHandler<object, object>,
    call: IncomingCall,
    settle: (error: unknown) => void,
  ) {
    this.#raw = raw;
    this.#handler = handler;
    this.#call = call;
    this.#settle = settle;
    raw.on('data', (frame: object) => this.#onFrame(frame));
    raw.on('end', () => this.#onEnd(undefined));
    raw.on('close', () => settle(undefined));
    raw.on('drain', () => {
      this.#isWritable = true;
      this.#resumeWhenAble();
    });
  }

  /** Reads nothing more and ends the stream with `error` once what is under way is answered. */
  drain(error: unknown): void {
    this.#raw.pause();
    this.#onEnd(error);
  }

  readonly #reply = (response: object): void => {
    if (this.#raw.destroyed || this.#raw.writableEnded) return;
    if (!this.#raw.write(response)) {
      this.#isWritable = false;
      this.#raw.pause();
    }
  };

  #onFrame(frame: object): void {
    if (frame instanceof RefusedRequest) {
      this.drain(frame.error);
      return;
    }
    this.#framesUnderWay += 1;
    if (this.#framesUnderWay >= this.#handler.framesMax) this.#raw.pause();
    const done = () => {
      this.#framesUnderWay -= 1;
      if (this.#isEnded) this.#endWhenIdle();
      else this.#resumeWhenAble();
    };
    // A handler that throws at once counts like one that rejects.
    new Promise<void>((resolve) => {
      resolve(this.#handler.onFrame(frame, this.#call, this.#reply));
    }).then(done, this.#settle);
  }

  #onEnd(error: unknown): void {
    this.#isEnded = true;
    this.#endError ??= error;
    this.#endWhenIdle();
  }

  #endWhenIdle(): void {
    if (this.#framesUnderWay === 0) this.#settle(this.#endError);
  }

  #resumeWhenAble(): void {
    const isBusy = this.#framesUnderWay >= this.#handler.framesMax;
    if (!isBusy && this.#isWritable && !this.#isEnded) this.#raw.resume();
  }
}
