import type { ServerCall } from './server-call.ts';

/**
 * A bidi method that takes frames: `onFrame` is called for each as it comes, answers through `reply` in any order and
 * number, and resolves when it will reply no more.
 */
export interface FrameHandler<Request, Response> {
  readonly onFrame: (
    frame: Request,
    call: ServerCall,
    reply: (response: Response) => void,
  ) => Promise<void>;
  /** Frames of one stream that may be under way; reading stops at this number, so the caller's queue fills instead. */
  readonly framesMax: number;
}

/** Frames of one stream that a server reads before it has answered them: 2 in flight, and those that the client has given up. */
export const streamFramesMax = 16;

/**
 * Gives the handler of a stream that a FrameStream talks to.
 *
 *     infer: serveFrames(async (frame, call, reply) => {
 *       await Promise.all(frame.batches.map(async (batch) => reply({ batches: [await run(batch)] })));
 *     }),
 *
 * An error that `onFrame` throws ends the stream; the error of one batch belongs into its reply (encodeBatchError).
 */
export function serveFrames<Request, Response>(
  onFrame: FrameHandler<Request, Response>['onFrame'],
  framesMax = streamFramesMax,
): FrameHandler<Request, Response> {
  return { onFrame, framesMax };
}
