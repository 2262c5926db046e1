import { formatDuration } from './format.ts';

/** One span as the waterfall draws it. */
export interface WaterfallSpan {
  readonly name: string;
  readonly service: string;
  readonly processId: number;
  /** 0 is the main thread. */
  readonly threadId: number;
  /** Epoch ms, fractional. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Levels below the root, from 0. */
  readonly depth: number;
  /** It hangs here by a link: work that the trace caused and did not wait for. */
  readonly isLinked: boolean;
  readonly isError: boolean;
}

/** Draws spans, parents before children, as a waterfall: what, where, how long, and a bar on a common time line. */
export function renderWaterfall(spans: readonly WaterfallSpan[], columns = 100): string {
  if (spans.length === 0) return 'no spans\n';
  const beginMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const names = spans.map(spanName);
  const places = spans.map(placeName);
  const nameWidth = Math.max(4, ...names.map((name) => name.length));
  const placeWidth = Math.max(5, ...places.map((place) => place.length));
  const barWidth = Math.max(16, columns - nameWidth - placeWidth - 15);
  const row = (name: string, place: string, duration: string, bar: string) =>
    `${name.padEnd(nameWidth)}  ${place.padEnd(placeWidth)}  ${duration.padStart(9)}  ${bar}`.trimEnd();
  const rows = spans.map((span, index) => {
    const bar = drawBar(span, { beginMs, endMs, columns: barWidth });
    return row(names[index] ?? '', places[index] ?? '', formatDuration(span.durationMs), bar);
  });
  const processes = new Set(spans.map((span) => span.processId)).size;
  const threads = new Set(spans.map((span) => `${span.processId}/${span.threadId}`)).size;
  return [
    row('span', 'where', 'duration', `0 to ${formatDuration(endMs - beginMs)}`),
    ...rows,
    '',
    `${spans.length} spans in ${processes} processes and ${threads} threads`,
    '',
  ].join('\n');
}

function spanName({ name, depth, isLinked, isError }: WaterfallSpan): string {
  return `${'  '.repeat(depth)}${isLinked ? '~ ' : ''}${name}${isError ? ' (error)' : ''}`;
}

function placeName({ service, processId, threadId }: WaterfallSpan): string {
  return `${service} ${processId}${threadId === 0 ? '' : `/thread ${threadId}`}`;
}

function drawBar(
  { startMs, durationMs, isLinked }: WaterfallSpan,
  line: { readonly beginMs: number; readonly endMs: number; readonly columns: number },
): string {
  // A trace of no duration at all still gets its bars.
  const lengthMs = Math.max(line.endMs - line.beginMs, Number.MIN_VALUE);
  const columnOf = (ms: number) => ((ms - line.beginMs) / lengthMs) * line.columns;
  const from = Math.min(line.columns - 1, Math.floor(columnOf(startMs)));
  const until = Math.max(from + 1, Math.round(columnOf(startMs + durationMs)));
  const width = Math.min(line.columns, until) - from;
  return `${' '.repeat(from)}${(isLinked ? '▒' : '█').repeat(width)}`;
}
