/** Reasons for which a request failed at something that all versions share: another service, its store, its place in a queue of it. A version that is late or fails by itself has other ones. */
const peerReasons: ReadonlySet<string> = new Set([
  'PEER_UNAVAILABLE',
  'PEER_UNTRUSTED',
  'STORE_UNAVAILABLE',
  'STATE_LOST',
  'FEATURES_MISSING',
  'DRAINING',
  'DISK_FULL',
]);

/** Tells whether a reason says that something failed which all versions share. */
export function isPeerFailure(reason: string): boolean {
  return peerReasons.has(reason);
}
