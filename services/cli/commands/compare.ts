import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import type { CommandContext } from '../command-context.ts';
import { comparisonPage } from '../compare/compare-page.ts';
import { renderComparison } from '../compare/compare-sheet.ts';
import type { ComparedShadow } from '../compare/compared-shadow.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import type { MeshConnection } from '../rpc/connect-mesh.ts';

interface CompareOptions extends MeshOptions {
  readonly shadow?: number;
  readonly baseline?: number;
  readonly by?: string;
  readonly requests: number;
  readonly html?: string;
}

const requestsMax = 20_000;

/** Gives the command `compare`: a shadow beside what answers callers, out of the pairs that the monitor keeps. */
export function compareCommand(context: CommandContext): Command {
  return newMeshCommand('compare <model>', {
    summary:
      'compare a shadow with what answers callers, on the same requests: decisions, quality, calibration, times',
    examples: [
      'compare flight-delay',
      'compare flight-delay --shadow 3 --by origin --html shadow.html',
      'compare flight-delay --shadow 2 --baseline 4 --json',
    ],
  })
    .option('--shadow <version>', 'the shadow (default: that of the alias)', parseCount)
    .option('--baseline <version>', 'what it is compared with (default: production)', parseCount)
    .option('--by <join key>', 'a table of segments by the values of a join key')
    .option('--requests <count>', 'the newest requests that are looked at', parseCount, 5_000)
    .option('--html <file>', 'write a page with charts as well')
    .action((model: string, options: CompareOptions) =>
      withMesh(options, context, async ({ mesh }) => {
        const compared = await compare(mesh, model, options, context.signal);
        if (options.html === undefined) return { json: compared, text: renderComparison(compared) };
        const path = resolve(options.html);
        writePage(path, comparisonPage(compared));
        return { json: compared, text: `${renderComparison(compared)}\nwritten to ${path}\n` };
      }),
    );
}

async function compare(
  { monitor, registry }: MeshConnection,
  model: string,
  { shadow, baseline, by = '', requests }: CompareOptions,
  signal: AbortSignal,
): Promise<ComparedShadow> {
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
    await monitor.compareShadow({ ...wanted, segmentBy: by }, { signal }),
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
