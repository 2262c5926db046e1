/** Gives the word for a name of an enum of the wire: `TIER_MODEL` of `TIER_` is `model`, `CHECKLIST_STATE_NOT_REQUIRED` is `not required`. */
export function wordOf(name: string, prefix: string): string {
  const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return bare.toLowerCase().replaceAll('_', ' ');
}
