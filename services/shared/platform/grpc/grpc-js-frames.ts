import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { FrameCarrier, FrameFlow } from './frame-flow.ts';

/** Carries the frames of a stream that grpc-js serves, as it does those that are compressed. */
export class GrpcJsFrames implements FrameCarrier {
  readonly #raw: ServerDuplexStream<object, object>;

  constructor(raw: ServerDuplexStream<object, object>) {
    this.#raw = raw;
  }

  get isOver(): boolean {
    return this.#raw.destroyed || this.#raw.writableEnded;
  }

  pause(): void {
    this.#raw.pause();
  }

  resume(): void {
    this.#raw.resume();
  }

  write(reply: object): boolean {
    return this.#raw.write(reply);
  }

  /** Begins to read. */
  giveTo(flow: FrameFlow): void {
    this.#raw
      .on('data', (frame: object) => flow.onFrame(frame))
      .on('end', () => flow.onEnd())
      .on('close', () => flow.settle(undefined))
      .on('drain', () => flow.onDrained());
  }
}
