/** An alias whose version sees what callers ask and answers nobody: `shadow`, or `shadow-` and a label. */
export type ShadowAlias = 'shadow' | `shadow-${string}`;

const form = /^shadow(?:-[a-z0-9-]{1,32})?$/;

/** Tells whether an alias is that of a shadow; its label has 1 to 32 lower-case letters, digits and dashes. */
export function isShadowAlias(alias: string): alias is ShadowAlias {
  return form.test(alias);
}
