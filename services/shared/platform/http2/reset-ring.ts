const slots = 4_096;

/** Remembers which of the latest streams were reset by this side: what was on its way to them is no fault of the peer. */
export class ResetRing {
  #ids: Uint32Array | undefined;

  /** Remembers a stream. */
  add(streamId: number): void {
    this.#ids ??= new Uint32Array(slots);
    this.#ids[slotOf(streamId)] = streamId;
  }

  /** Says whether a stream was reset, and none with the same slot after it. */
  has(streamId: number): boolean {
    return this.#ids?.[slotOf(streamId)] === streamId;
  }
}

/** Clients use odd numbers alone. */
function slotOf(streamId: number): number {
  return (streamId >>> 1) % slots;
}
