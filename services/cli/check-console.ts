/** A console that needs longer to say that it is well is not. */
const timeoutMs = 2_000;

/** Asks the console of a mesh, at `host:port`, whether it serves; false when it says no, rejects when it does not answer. */
export async function checkConsole(address: string, signal: AbortSignal): Promise<boolean> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const answer = await fetch(`http://${address}/healthz`, { signal: within });
  await answer.body?.cancel();
  return answer.ok;
}
