/** What {@link recordedProvenance} looks at. */
interface LaterFields {
  readonly origin?: unknown;
  readonly signature: { readonly batchRowsMax?: number } | null;
}

/**
 * Gives provenance in the one form that is hashed, signed and compared: fields that the contract got after versions were signed are left out where they are
 * unset, so that what was signed before them stays what it was.
 */
export function recordedProvenance<T extends LaterFields>(provenance: T): T {
  const { origin, signature, ...rest } = provenance;
  const { batchRowsMax, ...known } = signature ?? {};
  const recorded = {
    ...rest,
    signature: signature && (batchRowsMax ? { ...known, batchRowsMax } : known),
    ...(origin === undefined || origin === null ? {} : { origin }),
  };
  return recorded as T; // it differs from what it was given in what is unset alone
}
