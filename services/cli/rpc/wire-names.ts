/** Gives the word for a tier of the wire, such as TIER_MODEL. */
export function tierOf(tier: string): string {
  return withoutPrefix(tier, 'TIER_');
}

/** Gives the word for a severity of the wire, such as SEVERITY_PAGE. */
export function severityOf(severity: string): string {
  return withoutPrefix(severity, 'SEVERITY_');
}

/** Gives the word for a state of an alert of the wire, such as ALERT_STATE_FIRING. */
export function alertStateOf(state: string): string {
  return withoutPrefix(state, 'ALERT_STATE_');
}

/** Gives the word for a role of the wire, such as ROLE_SHADOW. */
export function roleOf(role: string): string {
  return withoutPrefix(role, 'ROLE_');
}

function withoutPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length).toLowerCase() : name.toLowerCase();
}
