import { computeVersion } from '../../shared/compute/plan.ts';
import { hashPoint } from '../../shared/kernel/hash-point.ts';
import type { AnswerBlock } from './answer-codec.ts';

/** The rows of one read as they were answered. The arrays belong to the log from then on: nobody changes them. */
export interface ServedAnswers {
  readonly featureSetHash: string;
  readonly rows: number;
  /** Entity keys, row-major: [rows, join keys]. */
  readonly keys: readonly string[];
  readonly atMs: Float64Array;
  readonly logOffset: number;
  /** [rows, view columns] row-major, with their statuses. */
  readonly values: Float64Array;
  readonly statuses: Uint8Array;
  /** 8 bytes a row. */
  readonly valueHashes: Uint8Array;
}

/** Which answers are kept, and how many stand in one block. */
export interface BlockRule {
  /** Share of the entities whose answers are kept, 0 to 1: whole entities, chosen by their keys. */
  readonly rate: number;
  readonly rowsMax: number;
}

/**
 * Gives reads as blocks, numbered from `firstAnswer` on: those of one feature set together, in the order in which they
 * were answered. Answers that the rate leaves out have no number.
 */
export function* answerBlocks(
  served: readonly ServedAnswers[],
  firstAnswer: number,
  rule: BlockRule,
): Generator<AnswerBlock> {
  const bySet = new Map<string, ServedAnswers[]>();
  for (const answers of served) {
    const known = bySet.get(answers.featureSetHash);
    if (known === undefined) bySet.set(answers.featureSetHash, [answers]);
    else known.push(answers);
  }
  let next = firstAnswer;
  for (const [featureSetHash, own] of bySet) {
    for (const part of parts(own, rule)) {
      yield { ...joined(part), firstAnswer: next, featureSetHash, computeVersion };
      next += part.rows;
    }
  }
}

/** Rows of some reads that make one block. */
interface Part {
  readonly rows: number;
  readonly reads: readonly { readonly answers: ServedAnswers; readonly rows: Uint32Array }[];
}

function* parts(served: readonly ServedAnswers[], rule: BlockRule): Generator<Part> {
  let reads: { answers: ServedAnswers; rows: Uint32Array }[] = [];
  let rows = 0;
  for (const answers of served) {
    const kept = keptRows(answers, rule.rate);
    for (let from = 0; from < kept.length; ) {
      const taken = kept.subarray(from, from + rule.rowsMax - rows);
      reads.push({ answers, rows: taken });
      rows += taken.length;
      from += taken.length;
      if (rows < rule.rowsMax) continue;
      yield { rows, reads };
      reads = [];
      rows = 0;
    }
  }
  if (rows > 0) yield { rows, reads };
}

function keptRows({ rows, keys }: ServedAnswers, rate: number): Uint32Array {
  const kept = new Uint32Array(rows);
  const width = keys.length / rows;
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    const isKept =
      rate >= 1 || hashPoint('answers', keys.slice(row * width, (row + 1) * width)) < rate;
    if (!isKept) continue;
    kept[count] = row;
    count += 1;
  }
  return kept.subarray(0, count);
}

type JoinedRows = Omit<AnswerBlock, 'firstAnswer' | 'featureSetHash' | 'computeVersion'>;

function joined({ rows, reads }: Part): JoinedRows {
  const first = reads[0]?.answers;
  const columns = first === undefined ? 0 : first.statuses.length / first.rows;
  const width = first === undefined ? 0 : first.keys.length / first.rows;
  const keys: string[] = [];
  const block = {
    rows,
    keys,
    atMs: new Float64Array(rows),
    logOffsets: new Float64Array(rows),
    values: new Float64Array(rows * columns),
    statuses: new Uint8Array(rows * columns),
    valueHashes: new Uint8Array(rows * 8),
  };
  let at = 0;
  for (const { answers, rows: taken } of reads) {
    for (const [from, until] of runsOf(taken)) {
      block.atMs.set(answers.atMs.subarray(from, until), at);
      block.logOffsets.fill(answers.logOffset, at, at + until - from);
      block.values.set(answers.values.subarray(from * columns, until * columns), at * columns);
      block.statuses.set(answers.statuses.subarray(from * columns, until * columns), at * columns);
      block.valueHashes.set(answers.valueHashes.subarray(from * 8, until * 8), at * 8);
      for (let key = from * width; key < until * width; key += 1)
        keys.push(answers.keys[key] ?? '');
      at += until - from;
    }
  }
  return block;
}

/** Gives ascending rows as runs [from, until): all of a read is one run, unless the rate leaves some out. */
function* runsOf(rows: Uint32Array): Generator<readonly [number, number]> {
  let from = 0;
  for (let index = 1; index <= rows.length; index += 1) {
    if (rows[index] === (rows[index - 1] ?? 0) + 1) continue;
    yield [rows[from] ?? 0, (rows[index - 1] ?? 0) + 1];
    from = index;
  }
}
