import { join } from 'node:path';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { ChildPeer } from '../load/child-peer.ts';
import { writeFrames } from '../load/frames-file.ts';
import type { PartResult } from '../load/render-parts.ts';
import { startEcho } from '../load/start-echo.ts';
import { temporaryFolder } from '../load/temporary-folder.ts';
import { FeatureProcess } from './feature-process.ts';
import {
  flightQuestions,
  nowMs,
  type Question,
  queryFrame,
  queryOf,
  readMethod,
} from './flight-questions.ts';
import {
  type Cell,
  type CellFigures,
  cellCaveats,
  cellTable,
  ratioOf,
  runCells,
} from './online-rounds.ts';
import type { Part, PartOptions } from './part.ts';

/** Different questions, asked in turn. */
const questionsMax = 8_000;

/** One kind of read: how much it asks for, and how. */
interface ReadKind {
  readonly name: string;
  readonly model: string;
  readonly rows: number;
  readonly connections: number;
  readonly inFlightPerConnection: number;
}

const oneCaller = { connections: 1, inFlightPerConnection: 1 } as const;
const kinds = {
  rate: {
    name: '1 x 50, 32 callers',
    model: 'features-50',
    rows: 1,
    connections: 4,
    inFlightPerConnection: 8,
  },
  row250: { name: '1 x 250, one caller', model: 'features-250', rows: 1, ...oneCaller },
  rows100: { name: '100 x 50, one caller', model: 'features-50', rows: 100, ...oneCaller },
} as const satisfies Record<string, ReadKind>;

const echoName = (kind: ReadKind): string => `echo of ${kind.name}`;

/** Reads of real flights' features against a bare echo of the same sizes. */
export const onlinePart: Part = {
  name: 'online',
  keys: [
    'online_over_echo',
    'row250_p50_over_echo',
    'row250_p99_over_echo',
    'rows100_p50_over_echo',
    'rows100_p99_over_echo',
  ],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    const { data, show, nodeFlags } = options;
    show('importing the flights, unless they are there\n');
    await using feature = await FeatureProcess.start({
      meshModule: new URL('./flights-features-mesh.js', import.meta.url),
      data: join(data, 'flights-now'),
      meshFolder: packageRoot,
      nodeFlags,
    });
    await feature.import({ source: 'flights', untilMs: nowMs }, show, signal);
    using folder = temporaryFolder();
    using echo = ChildPeer.echo();
    using load = ChildPeer.load();
    const questions = await flightQuestions(feature, questionsMax, signal);
    const cells: Cell[] = [];
    for (const kind of Object.values(kinds)) {
      const parts = { feature, echo, questions, folder: folder.path };
      cells.push(...(await cellsOf(kind, parts, signal)));
    }
    await feature.settled(signal);
    return resultOf(await runCells(load, cells, options, signal));
  },
};

interface CellParts {
  readonly feature: FeatureProcess;
  readonly echo: ChildPeer;
  readonly questions: readonly Question[];
  readonly folder: string;
}

/** Gives the two cells of a kind of read: the echo answers what the feature service answers to the first query. */
async function cellsOf(
  kind: ReadKind,
  { feature, echo, questions, folder }: CellParts,
  signal: AbortSignal,
): Promise<readonly Cell[]> {
  const hash = await feature.featureSetHash(kind.model, signal);
  const batches = batchesOf(questions, kind.rows);
  const framesFile = join(folder, `${kind.model}-${kind.rows}`);
  writeFrames(
    framesFile,
    batches.map((batch) => queryFrame(hash, batch)),
  );
  const query = queryOf(hash, batches[0] ?? []);
  const answer = await feature.client.getOnlineFeatures({ query }, { signal });
  const echoAddress = await startEcho(echo, { ...readMethod, answer }, signal);
  const { connections, inFlightPerConnection } = kind;
  const load = { framesFile, connections, inFlightPerConnection };
  return [
    { name: echoName(kind), address: echoAddress, pid: echo.pid, ...load },
    { name: kind.name, address: feature.address, pid: feature.pid, ...load },
  ];
}

function batchesOf(questions: readonly Question[], rows: number): readonly (readonly Question[])[] {
  return Array.from({ length: Math.floor(questions.length / rows) }, (_, batch) =>
    questions.slice(batch * rows, (batch + 1) * rows),
  );
}

function resultOf(figures: readonly CellFigures[]): PartResult {
  const overEcho = (kind: ReadKind, read: (cell: CellFigures) => number) =>
    ratioOf(figures, { over: kind.name, under: echoName(kind) }, read);
  const { rate, row250, rows100 } = kinds;
  const p50 = (cell: CellFigures): number => cell.p50Ms;
  const p99 = (cell: CellFigures): number => cell.p99Ms;
  return {
    values: {
      online_over_echo: overEcho(rate, (cell) => cell.perSecond),
      row250_p50_over_echo: overEcho(row250, p50),
      row250_p99_over_echo: overEcho(row250, p99),
      rows100_p50_over_echo: overEcho(rows100, p50),
      rows100_p99_over_echo: overEcho(rows100, p99),
    },
    table: cellTable(figures),
    notes: [
      'states reach to the time of the questions, as those of a live mesh do',
      'Feast says of itself, on other machines: 1 x 250 at p99 1.3 ms (Java), 100 x 50 at p99 22 ms (Go)',
      ...cellCaveats(figures),
    ],
  };
}
