import { lineFault } from './line-fault.ts';

/** Some whole lines of an input. */
export interface LineChunk {
  /** Without their line feeds. */
  readonly lines: readonly string[];
  /** Number of the first one, from 1. */
  readonly firstLine: number;
  /** Bytes of the input that have been read. */
  readonly bytesRead: number;
}

/** Longest line: an event with a dozen columns has some hundred characters. */
const lineCharsMax = 1_048_576;

/**
 * Splits an input into lines, as it comes: a chunk holds the lines that ended in one piece of the input. A last line without a line feed counts.
 * @throws {MeshError} INVALID_ARGUMENT / EVENT_INVALID for a line that is too long, and for bytes that are no UTF-8
 */
export async function* lineChunks(input: AsyncIterable<Uint8Array>): AsyncGenerator<LineChunk> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let firstLine = 1;
  let bytesRead = 0;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw lineFault(
        firstLine,
        'this line or one soon after it holds bytes that are no UTF-8',
        error,
      );
    }
  };
  for await (const bytes of input) {
    bytesRead += bytes.length;
    const lines = `${rest}${decode(bytes)}`.split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield { lines, firstLine, bytesRead };
    firstLine += lines.length;
    if (rest.length > lineCharsMax) {
      throw lineFault(firstLine, `wanted a line of at most ${lineCharsMax} characters`);
    }
  }
  rest += decode();
  if (rest !== '') yield { lines: [rest], firstLine, bytesRead };
}
