/** The history of a source: the first events of its warehouse file, which stand in the log before all that was ingested. */
export interface Segment {
  readonly source: string;
  /** Events of the file with ts before this are history; epoch ms. */
  readonly untilMs: number;
  /** How many those are: the first so many of the file. */
  readonly rows: number;
  /** Newest visible time among them, epoch ms; undefined when there is none. */
  readonly newestTs: number | undefined;
  /** Log offset before the first of them: seq is this plus the position in the file. */
  readonly seqBefore: number;
  /** Hash of the definition that the file was imported under. */
  readonly planHash: string;
}
