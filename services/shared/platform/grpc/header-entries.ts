/** Headers as grpc-js and Node have them. */
export type HeaderObject = Readonly<
  Record<string, number | string | readonly string[] | undefined>
>;

/** Gives each header with its value; one that has several comes several times. */
export function* headerEntries(headers: HeaderObject): Generator<readonly [string, string]> {
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const one of value) yield [name, one];
    else yield [name, String(value)];
  }
}
