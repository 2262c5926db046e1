/** A column of a view that is made from a text column, so that state and aggregates hold numbers only. */
export interface DerivedColumn {
  readonly name: string;
  readonly column: string;
  readonly derive: /** Index of the text among these; -1 for any other text, NaN where it is missing. */
    | { readonly kind: 'code'; readonly texts: readonly string[] }
    /** 52 bits of the SHA-256 of the text as UTF-8: the first ones, or those after them; NaN where it is missing. */
    | { readonly kind: 'hash'; readonly part: 0 | 1 };
}
