import { AnswerBlockWriter } from '../../services/feature/core/answer-block-writer.ts';
import type { AnswerBlock } from '../../services/feature/core/answer-codec.ts';
import type { AnswerRecord } from '../../services/feature/ports.ts';

/** Writes a block again, as the log of answers would have: what a service that gave these answers left behind. */
export function answerRecord(block: AnswerBlock): AnswerRecord {
  const { firstAnswer, featureSetHash, rows, keys, atMs, logOffsets } = block;
  const columns = block.statuses.length / rows;
  const width = keys.length / rows;
  let writer: AnswerBlockWriter | undefined;
  for (let row = 0; row < rows; row += 1) {
    const answer = {
      featureSetHash,
      rows: 1,
      keys: keys.slice(row * width, (row + 1) * width),
      atMs: atMs.subarray(row, row + 1),
      logOffset: logOffsets[row] ?? 0,
      values: block.values.subarray(row * columns, (row + 1) * columns),
      statuses: block.statuses.subarray(row * columns, (row + 1) * columns),
      valueHashes: block.valueHashes.subarray(row * 8, (row + 1) * 8),
    };
    writer ??= new AnswerBlockWriter(answer, block.computeVersion);
    writer.add(answer, { from: 0, until: 1 });
  }
  if (writer === undefined || writer.rows !== rows) throw new Error('the block does not fit');
  return { firstAnswer, rows, bytes: writer.finish(firstAnswer) };
}
