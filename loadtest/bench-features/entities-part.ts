import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { ChildPeer } from '../load/child-peer.ts';
import { writeFrames } from '../load/frames-file.ts';
import type { PartResult } from '../load/render-parts.ts';
import { temporaryFolder } from '../load/temporary-folder.ts';
import { DuckdbPeer } from './duckdb-peer.ts';
import { FeatureProcess } from './feature-process.ts';
import { queryFrame } from './flight-questions.ts';
import { type Cell, cellCaveats, cellTable, ratioOf, runCells } from './online-rounds.ts';
import type { Part, PartOptions } from './part.ts';

const few = 10_000;
const many = 1_000_000;
/** Events of each entity, spread over 30 days. */
const eventsEach = 4;
const fromMs = Date.UTC(2001, 0, 1);
const spanMs = 30 * 86_400_000;
/** Different questions: far more than the entities that stay in memory could answer. */
const questionsMax = 400_000;

const nameOf = (entities: number): string => `1 x 6 of ${entities} entities, one caller`;

/** The same read with many entities stored as with few: what does not fit into memory is loaded from the store. */
export const entitiesPart: Part = {
  name: 'entities',
  keys: ['read_1m_over_10k'],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    const { data, show, nodeFlags } = options;
    const start = async (entities: number): Promise<FeatureProcess> => {
      const files = join(data, `entities-${entities}`);
      await makeFile(files, entities, signal);
      show(`importing ${entities} entities, unless they are there\n`);
      const feature = await FeatureProcess.start({
        meshModule: new URL('./entities-mesh.js', import.meta.url),
        data: files,
        meshFolder: files,
        nodeFlags,
      });
      await feature.import({ source: 'readings' }, show, signal);
      return feature;
    };
    await using fewStored = await start(few);
    await using manyStored = await start(many);
    using folder = temporaryFolder();
    using load = ChildPeer.load();
    const cells: Cell[] = [];
    for (const [entities, feature] of [
      [few, fewStored],
      [many, manyStored],
    ] as const) {
      const framesFile = join(folder.path, String(entities));
      const hash = await feature.featureSetHash('devices', signal);
      writeFrames(framesFile, randomFrames(hash, entities));
      const { address, pid } = feature;
      const one = { connections: 1, inFlightPerConnection: 1 };
      cells.push({ name: nameOf(entities), address, pid, framesFile, ...one });
    }
    for (const feature of [fewStored, manyStored]) await feature.settled(signal);
    const figures = await runCells(load, cells, options, signal);
    const ratio = ratioOf(
      figures,
      { over: nameOf(many), under: nameOf(few) },
      ({ p50Ms }) => p50Ms,
    );
    return {
      values: { read_1m_over_10k: ratio },
      table: cellTable(figures),
      notes: [
        `${eventsEach} events an entity, keys by chance; a feature process keeps at most 200,000 entities of a view in memory`,
        ...cellCaveats(figures),
      ],
    };
  },
};

async function makeFile(files: string, entities: number, signal: AbortSignal): Promise<void> {
  mkdirSync(files, { recursive: true });
  const path = join(files, 'readings.parquet');
  if (existsSync(path)) return;
  using duckdb = new DuckdbPeer();
  const rows = entities * eventsEach;
  const at = `make_timestamp((${fromMs} + CAST(floor(i * ${spanMs / rows}) AS BIGINT)) * 1000)`;
  await duckdb.run(
    `COPY (SELECT ${at} AS at, (i * 7919) % 1000 AS level, (i * 2654435761) % ${entities} AS device FROM range(${rows}) AS all_rows(i)) TO '${path}' (FORMAT parquet)`,
    signal,
  );
}

function randomFrames(hash: string, entities: number): readonly Buffer[] {
  const random = seededRandom(1);
  return Array.from({ length: questionsMax }, () =>
    queryFrame(hash, [
      {
        keys: [String(Math.floor(random.next() * entities))],
        atMs: fromMs + spanMs + Math.floor(random.next() * 3_600_000),
      },
    ]),
  );
}
