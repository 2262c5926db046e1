import type { ReadSourceResponse__Output } from '../../gen/mlmesh/feature/v1/ReadSourceResponse.ts';
import type { SourceRows } from '../replay/source-rows.ts';
import type { MeshConnection } from './connect-mesh.ts';

/** Part of a source, and the time that orders it. */
export interface SourceInterval {
  readonly source: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly order: 'SOURCE_ORDER_VISIBLE_TIME' | 'SOURCE_ORDER_EVENT_TIME';
}

/** Streams the rows of a source in order. */
export async function* readSource(
  { feature }: MeshConnection,
  interval: SourceInterval,
  signal: AbortSignal,
): AsyncGenerator<SourceRows> {
  for await (const part of feature.readSource(interval, { signal })) yield toSourceRows(part);
}

function toSourceRows({ rows, eventIds, columns }: ReadSourceResponse__Output): SourceRows {
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, readonly string[]>();
  const nulls = new Map<string, Uint8Array>();
  for (const column of columns) {
    if (column.nulls.length > 0) nulls.set(column.name, column.nulls);
    if (column.texts.length > 0) texts.set(column.name, column.texts);
    else numbers.set(column.name, new Float64Array(Uint8Array.from(column.numbers).buffer));
  }
  return { rows, eventIds, numbers, texts, nulls };
}
