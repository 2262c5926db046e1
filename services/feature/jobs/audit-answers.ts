import { computeVersion } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AnswerBlock, AnswerBlockHead } from '../core/answer-codec.ts';
import { type AnswersToAudit, auditRows } from '../core/audit-rows.ts';
import { erasedRows } from '../core/erasure.ts';
import type { EventTable } from '../core/event-table.ts';
import { isolateFailures } from '../core/isolate-failures.ts';
import type { JobContext, JobRun } from './job-context.ts';
import { type AuditedSet, type JobRequest, type JobResults, toPlainError } from './job-protocol.ts';
import { lateEvents } from './late-events.ts';
import { loadRecomputeEvents } from './recompute.ts';

type AuditRequest = Extract<JobRequest, { kind: 'audit' }>;

/**
 * Audits the newest answers before a number: as many as were asked for, out of the log of answers. Those of one feature
 * set share the events, which are read once.
 * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
 */
export async function auditAnswers(
  context: JobContext,
  request: AuditRequest,
  run: JobRun,
): Promise<JobResults['audit']> {
  const taken = takeAnswers(context, request, run.signal);
  const sets: AuditedSet[] = [];
  let unauditable = 0;
  let fault = '';
  for (const [featureSetHash, blocks] of taken.bySet) {
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    const featureSet = context.mesh.featureSets.find(({ hash }) => hash === featureSetHash);
    if (featureSet === undefined) {
      unauditable += rows;
      continue;
    }
    const audited = await auditBlocks(context, { featureSet, blocks, request }, run);
    unauditable += rows - audited.sets.reduce((sum, { answers }) => sum + answers, 0);
    sets.push(...audited.sets);
    fault ||= audited.fault;
  }
  const { firstAnswer, lastAnswer } = taken;
  return { sets, unauditable, fault, firstAnswer, lastAnswer };
}

interface BlocksToAudit {
  readonly featureSet: AnswersToAudit['featureSet'];
  readonly blocks: readonly AnswerBlock[];
  readonly request: AuditRequest;
}

/** Audits the answers of blocks; one that can't be computed again is left out, and keeps no other from being audited. */
async function auditBlocks(
  context: JobContext,
  { featureSet, blocks, request }: BlocksToAudit,
  run: JobRun,
): Promise<{ readonly sets: readonly AuditedSet[]; readonly fault: string }> {
  const { results, failed } = await isolateFailures(withoutErased(context, featureSet, blocks), {
    run: async (part) => {
      const answers = joined(featureSet, part);
      return answers.rows === 0 ? [] : [await auditSet(context, { answers, request }, run)];
    },
    halvesOf,
    isIsolable: (error) => !run.signal.aborted && !(error instanceof MeshError),
  });
  const [first] = failed;
  return { sets: results.flat(), fault: first ? toPlainError(first.error).message : '' };
}

function halvesOf(
  blocks: readonly AnswerBlock[],
): readonly [readonly AnswerBlock[], readonly AnswerBlock[]] | undefined {
  const [first, ...others] = blocks;
  if (first === undefined) return undefined;
  if (others.length > 0) {
    const half = blocks.length >> 1;
    return [blocks.slice(0, half), blocks.slice(half)];
  }
  if (first.rows < 2) return undefined;
  const rows = Array.from({ length: first.rows }, (_, row) => row);
  const half = first.rows >> 1;
  return [[pickRows(first, rows.slice(0, half))], [pickRows(first, rows.slice(half))]];
}

interface TakenAnswers {
  /** By hash of the feature set. */
  readonly bySet: ReadonlyMap<string, readonly AnswerBlock[]>;
  /** Numbers of the first and last answer; 0 when there is none. */
  readonly firstAnswer: number;
  readonly lastAnswer: number;
}

function takeAnswers(
  context: JobContext,
  request: AuditRequest,
  signal: AbortSignal,
): TakenAnswers {
  const { afterAnswer, beforeAnswer, rowsMax } = request;
  const bySet = new Map<string, AnswerBlock[]>();
  let left = rowsMax;
  let firstAnswer = 0;
  let lastAnswer = 0;
  for (const { head, decode } of context.answers.newestFirst(beforeAnswer)) {
    signal.throwIfAborted();
    if (left === 0 || head.firstAnswer + head.rows - 1 <= afterAnswer) break;
    if (!mayHoldWanted(head, request)) continue;
    const block = decode();
    const rows = wantedRows(block, request).slice(-left);
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) continue;
    left -= rows.length;
    firstAnswer = block.firstAnswer + first;
    if (lastAnswer === 0) lastAnswer = block.firstAnswer + last;
    const picked = pickRows(block, rows);
    append(bySet, picked);
  }
  return { bySet, firstAnswer, lastAnswer };
}

function append(bySet: Map<string, AnswerBlock[]>, block: AnswerBlock): void {
  const known = bySet.get(block.featureSetHash);
  if (known === undefined) bySet.set(block.featureSetHash, [block]);
  else known.push(block);
}

function mayHoldWanted(
  head: AnswerBlockHead,
  { featureSetHash, sinceMs }: Pick<AuditRequest, 'featureSetHash' | 'sinceMs'>,
): boolean {
  const isOfSet = featureSetHash === '' || head.featureSetHash === featureSetHash;
  return isOfSet && head.lastMs >= sinceMs;
}

function wantedRows(
  block: AnswerBlock,
  bounds: Pick<AuditRequest, 'sinceMs' | 'afterAnswer' | 'beforeAnswer'>,
): readonly number[] {
  const rows: number[] = [];
  block.atMs.forEach((t, row) => {
    const answer = block.firstAnswer + row;
    const isWanted = answer > bounds.afterAnswer && answer < bounds.beforeAnswer;
    if (isWanted && t >= bounds.sinceMs) rows.push(row);
  });
  return rows;
}

function pickRows(block: AnswerBlock, rows: readonly number[]): AnswerBlock {
  if (rows.length === block.rows) return block;
  const columns = block.statuses.length / block.rows;
  const width = block.keys.length / block.rows;
  return {
    ...block,
    rows: rows.length,
    keys: rows.flatMap((row) => block.keys.slice(row * width, (row + 1) * width)),
    atMs: Float64Array.from(rows, (row) => block.atMs[row] ?? 0),
    logOffsets: Float64Array.from(rows, (row) => block.logOffsets[row] ?? 0),
    values: Float64Array.from(
      rows.flatMap((row) => [...block.values.subarray(row * columns, (row + 1) * columns)]),
    ),
    statuses: Uint8Array.from(
      rows.flatMap((row) => [...block.statuses.subarray(row * columns, (row + 1) * columns)]),
    ),
    valueHashes: Uint8Array.from(
      rows.flatMap((row) => [...block.valueHashes.subarray(row * 8, row * 8 + 8)]),
    ),
  };
}

/** Leaves out answers that reach events which were erased since: nobody can compute them any more. */
function withoutErased(
  context: JobContext,
  featureSet: AnswersToAudit['featureSet'],
  blocks: readonly AnswerBlock[],
): readonly AnswerBlock[] {
  const erasures = context.store.erasures().map(({ erasure }) => erasure);
  if (erasures.length === 0) return blocks;
  return blocks.map((block) => {
    const isErased = erasedRows({ ...block, featureSet }, erasures);
    if (isErased.length === 0) return block;
    const rows = Array.from({ length: block.rows }, (_, row) => row);
    return pickRows(
      block,
      rows.filter((row) => isErased[row] !== 1),
    );
  });
}

/** Gives the answers of blocks that the arithmetic of now can be asked about. */
function joined(
  featureSet: AnswersToAudit['featureSet'],
  blocks: readonly AnswerBlock[],
): AnswersToAudit {
  const own = blocks.filter((block) => block.computeVersion === computeVersion);
  const doubles = (pick: (block: AnswerBlock) => Float64Array): Float64Array => {
    const parts = own.map(pick);
    const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  return {
    featureSet,
    rows: own.reduce((sum, block) => sum + block.rows, 0),
    keys: own.flatMap((block) => block.keys),
    atMs: doubles((block) => block.atMs),
    logOffsets: doubles((block) => block.logOffsets),
    values: doubles((block) => block.values),
    statuses: Uint8Array.from(Buffer.concat(own.map((block) => block.statuses))),
    valueHashes: Uint8Array.from(Buffer.concat(own.map((block) => block.valueHashes))),
  };
}

interface SetAudit {
  readonly answers: AnswersToAudit;
  readonly request: AuditRequest;
}

async function auditSet(
  context: JobContext,
  { answers, request }: SetAudit,
  run: JobRun,
): Promise<AuditedSet> {
  const { featureSet, keys, atMs, logOffsets } = answers;
  const stage = `answers of ${featureSet.name}`;
  await run.send({ kind: 'progress', stage, done: 0, total: answers.rows });
  const events = new Map<string, EventTable>();
  const late = new Map<string, ReadonlySet<number>>();
  for (const source of new Set(featureSet.views.map((view) => view.source))) {
    const wanted = { query: answers, source, logOffset: Number.POSITIVE_INFINITY };
    events.set(source, await loadRecomputeEvents(context, wanted, run.signal));
    late.set(source, lateEvents(context, source));
  }
  const eventsOf = (source: string): EventTable => {
    const table = events.get(source);
    if (table === undefined) throw new Error(`events of ${source} were not loaded`);
    return table;
  };
  const lateOf = (source: string): ReadonlySet<number> => late.get(source) ?? new Set();
  const steps = auditRows(answers, { eventsOf, lateOf }, request.examplesMax);
  for (;;) {
    // Others wait for this thread to say that they gave up.
    await new Promise((resolve) => setImmediate(resolve));
    run.signal.throwIfAborted();
    const step = steps.next();
    if (step.done !== true) {
      const done = step.value / featureSet.views.length;
      await run.send({ kind: 'progress', stage, done, total: answers.rows });
      continue;
    }
    const { examples, ...figures } = step.value;
    const width = featureSet.joinKeys.length;
    return {
      ...figures,
      featureSet: featureSet.name,
      examples: examples.map(({ row, ...mismatch }) => ({
        ...mismatch,
        featureSet: featureSet.name,
        keys: keys.slice(row * width, (row + 1) * width),
        atMs: atMs[row] ?? Number.NaN,
        logOffset: logOffsets[row] ?? 0,
      })),
    };
  }
}
