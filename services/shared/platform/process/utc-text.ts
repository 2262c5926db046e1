/** Gives a time as text for people, such as `2026-03-01 12:00:05 UTC`. */
export function utcText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Gives a time as RFC 3339 has it, such as `2026-03-01T12:00:05.000Z`. */
export function rfc3339Text(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
