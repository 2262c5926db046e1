/** Writes one structured line per event to standard error; the supervisor keeps it in the service's log file. */
export function logEvent(
  event: string,
  fields: Readonly<Record<string, string | number | boolean | undefined>> = {},
): void {
  const line = { time: new Date().toISOString(), event, ...fields };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
