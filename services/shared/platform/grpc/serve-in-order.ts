import { type FrameHandler, serveFrames } from './serve-frames.ts';
import type { ServerCall } from './server-call.ts';

/**
 * Gives the handler of a stream whose requests run side by side and whose answers keep their order: an answer that is ready early waits for
 * those before it. At most `underWayMax` requests of a stream run; reading stops there. `answer` must not reject: what fails is an answer too.
 */
export function serveInOrder<Request, Response>(
  answer: (request: Request, call: ServerCall) => Promise<Response>,
  underWayMax: number,
): FrameHandler<Request, Response> {
  // One a stream.
  const streams = new WeakMap<ServerCall, Promise<void>>();
  return serveFrames((request, call, reply) => {
    const before = streams.get(call) ?? Promise.resolve();
    const own = answer(request, call);
    const sent = before.then(async () => reply(await own));
    streams.set(call, sent);
    return sent;
  }, underWayMax);
}
