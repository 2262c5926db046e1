// 32 MiB: a session of either runtime takes 5 to 20 MiB before any weight (its arena, or the memory of WebAssembly).
const sessionBytes = 32 * 1024 * 1024;

/** Gives an upper bound of the bytes that one session of an artifact needs: a runtime holds its weights up to three times while it loads. */
export function sessionMemoryBytes(artifactBytes: number): number {
  return sessionBytes + 3 * artifactBytes;
}
