/** A place among the events of an entity; whoever made it may move it. */
export interface Position {
  chunk: number;
  row: number;
}
