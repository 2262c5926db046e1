import { RefusedRequest } from './request-guard.ts';
import type { FrameHandler } from './serve-frames.ts';
import type { IncomingCall } from './server-call.ts';

/** What carries the frames of one stream, and the replies to them. */
export interface FrameCarrier {
  /** Whether no reply can be sent any more. */
  readonly isOver: boolean;
  /** Gives no more frames until `resume`. */
  pause(): void;
  resume(): void;
  /** Sends a reply, or keeps it until the peer takes it; false where so much waits that `FrameFlow.onDrained` will say when it has left. */
  write(reply: object): boolean;
}

/** Takes the frames of one stream as long as its handler, and whoever reads the replies, keep up. */
export class FrameFlow {
  /** Ends the stream: with undefined after the caller's last frame is answered or once the caller is gone, or with why it ends. Once; later calls do nothing. */
  readonly settle: (error: unknown) => void;
  readonly #carrier: FrameCarrier;
  readonly #handler: FrameHandler<object, object>;
  readonly #call: IncomingCall;
  #framesUnderWay = 0;
  #isPaused = false;
  #isWritable = true;
  #isEnded = false;
  #endError: unknown;

  constructor(
    carrier: FrameCarrier,
    handler: FrameHandler<object, object>,
    call: IncomingCall,
    settle: (error: unknown) => void,
  ) {
    this.#carrier = carrier;
    this.#handler = handler;
    this.#call = call;
    this.settle = settle;
  }

  /** Takes the next frame. */
  onFrame(frame: object): void {
    if (frame instanceof RefusedRequest) {
      this.drain(frame.error);
      return;
    }
    this.#framesUnderWay += 1;
    if (this.#framesUnderWay >= this.#handler.framesMax) this.#pause();
    try {
      this.#handler.onFrame(frame, this.#call, this.#reply).then(this.#onAnswered, this.settle);
    } catch (error) {
      // A handler that throws, or gives no promise, ends its stream and nothing else.
      this.settle(error);
    }
  }

  /** The caller sends no more. */
  onEnd(): void {
    this.#isEnded = true;
    this.#endWhenIdle();
  }

  /** What waited for the peer has left. */
  onDrained(): void {
    this.#isWritable = true;
    this.#resumeWhenAble();
  }

  /** Reads nothing more and ends the stream with `error` once what is under way is answered. */
  drain(error: unknown): void {
    this.#pause();
    this.#endError ??= error;
    this.onEnd();
  }

  readonly #reply = (response: object): void => {
    if (this.#carrier.isOver || this.#carrier.write(response)) return;
    this.#isWritable = false;
    this.#pause();
  };

  readonly #onAnswered = (): void => {
    this.#framesUnderWay -= 1;
    if (this.#isEnded) this.#endWhenIdle();
    else this.#resumeWhenAble();
  };

  #endWhenIdle(): void {
    if (this.#framesUnderWay === 0) this.settle(this.#endError);
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#carrier.pause();
  }

  #resumeWhenAble(): void {
    if (!this.#isPaused || !this.#isWritable || this.#isEnded) return;
    if (this.#framesUnderWay >= this.#handler.framesMax) return;
    this.#isPaused = false;
    this.#carrier.resume();
  }
}
