import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { withoutControlCharacters } from '../../shared/kernel/control-characters.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import type { CommandContext } from '../command-context.ts';
import { comparisonPage } from '../compare/compare-page.ts';
import { renderComparison } from '../compare/compare-sheet.ts';
import type { ComparedShadow, DetailWithPairs } from '../compare/compared-shadow.ts';
import { compareFile, exportPairs } from '../compare/pair-files.ts';
import { UsageError } from '../exit-code.ts';
import { type CommandResult, type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { writeJson } from '../output.ts';
import type { MeshConnection } from '../rpc/connect-mesh.ts';

interface CompareOptions extends MeshOptions {
  readonly shadow?: number;
  readonly baseline?: number;
  readonly by?: string;
  readonly requests: number;
  readonly html?: string;
  readonly export?: string;
  readonly from?: string;
}

const requestsMax = 20_000;

/** Gives the command `compare`: a shadow beside what answers callers, out of the pairs that the monitor keeps. */
export function compareCommand(context: CommandContext): Command {
  return newMeshCommand('compare [model]', {
    summary:
      'compare a shadow with what answers callers, on the same requests: decisions, quality, calibration, times',
    examples: [
      'compare flight-delay',
      'compare flight-delay --shadow 3 --by origin --html shadow.html',
      'compare flight-delay --shadow 2 --baseline 4 --json',
      'compare flight-delay --export pairs.parquet      the pairs themselves, to look at with anything that reads Parquet',
      'compare --from pairs.parquet --by origin         the same figures from the file, without a mesh',
    ],
  })
    .option('--shadow <version>', 'the shadow (default: that of the alias)', parseCount)
    .option('--baseline <version>', 'what it is compared with (default: production)', parseCount)
    .option('--by <join key>', 'a table of segments by the values of a join key')
    .option('--requests <count>', 'the newest requests that are looked at', parseCount, 5_000)
    .option('--html <file>', 'write a page with charts as well')
    .option('--export <file>', 'write the pairs as Parquet as well')
    .option('--from <file>', 'compare the pairs of such a file; no mesh has to run')
    .action(async (model: string | undefined, options: CompareOptions) => {
      if (options.from !== undefined) {
        await compareOffline(context, options.from, options);
        return;
      }
      if (model === undefined) throw new UsageError('wanted a model, or --from <file>');
      await withMesh(options, context, async ({ mesh }) => {
        const compared = await compare(mesh, model, options, context.signal);
        const { pairs, keyNames, policyJson, ...detail } = compared.detail;
        const notes: string[] = [];
        if (options.export !== undefined) {
          const path = resolve(options.export);
          const { version, baselineVersion } = compared;
          const exported = { model, version, baselineVersion, keyNames, policyJson, pairs };
          await exportPairs(path, exported, context.clock);
          notes.push(`${pairs.length} pairs written to ${path}`);
        }
        return resultOf({ ...compared, detail }, options, notes);
      });
    });
}

async function compareOffline(
  context: CommandContext,
  path: string,
  options: CompareOptions,
): Promise<void> {
  const compared = await compareFile(resolve(path), options.by ?? '', context.clock);
  const { json, text } = resultOf(compared, options, []);
  if (options.json) writeJson(context.output, json);
  else context.output.out(withoutControlCharacters(text));
}

/** Writes the page where it is wanted. */
function resultOf(
  compared: ComparedShadow,
  { html }: CompareOptions,
  notes: readonly string[],
): CommandResult {
  const written = [...notes];
  if (html !== undefined) {
    const path = resolve(html);
    writePage(path, comparisonPage(compared));
    written.push(`written to ${path}`);
  }
  const lines = written.map((line) => `${line}\n`).join('');
  const text = renderComparison(compared);
  return { json: compared, text: lines === '' ? text : `${text}\n${lines}` };
}

async function compare(
  { monitor, registry }: MeshConnection,
  model: string,
  { shadow, baseline, by = '', requests, export: path }: CompareOptions,
  signal: AbortSignal,
): Promise<ComparedShadow & { readonly detail: DetailWithPairs }> {
  const { aliases } = await registry.listVersions({ model }, { signal });
  const held = (name: string) => aliases.find(({ alias }) => alias === name)?.version ?? 0;
  const version = shadow ?? held('shadow');
  if (version === 0) throw noShadow(model);
  const production = held('production');
  const baselineVersion = baseline ?? (production === version ? held('previous') : production);
  const wanted = { model, version, baselineVersion, requestsMax: requests };
  const [comparison, judged, detail] = [
    await monitor.getComparison(wanted, { signal }),
    await monitor.judgeShadow(wanted, { signal }),
    await monitor.compareShadow(
      { ...wanted, segmentBy: by, withPairs: path !== undefined },
      { signal },
    ),
  ];
  return { model, version, baselineVersion, segmentBy: by, comparison, judged, detail };
}

function writePage(path: string, page: string): void {
  try {
    writeFileSync(path, page);
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

function notWritten(path: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `--html: the page can't be written to ${path}: ${messageOf(cause)}`,
    cause,
  });
}

function noShadow(model: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'ALIAS_UNKNOWN',
    message: `no version of model '${model}' has the alias shadow; name one with --shadow <version>, such as the one before production, which sees a tenth of its requests`,
  });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1 && count <= requestsMax) return count;
  throw new InvalidArgumentError(`wanted a whole number of 1 to ${requestsMax}.`);
}
