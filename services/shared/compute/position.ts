/** A place among the events of an entity. */
export interface Position {
  readonly chunk: number;
  readonly row: number;
}
