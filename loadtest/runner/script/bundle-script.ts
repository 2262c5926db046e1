import { readFileSync, statSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import { type BuildFailure, build, type PartialMessage, type Plugin, stop } from 'esbuild';
import { RunError, runExitCodes } from '../run-error.ts';

/** Modules of k6 that the runner has; `k6/options` holds types alone. */
export const k6Modules = [
  'k6',
  'k6/data',
  'k6/execution',
  'k6/metrics',
  'k6/net/grpc',
  'k6/options',
  'k6/timers',
];

/** A script as one piece of CommonJS, and the way back to the author's files. */
export interface Bundle {
  readonly code: string;
  /** Gives file:line:column of the author for a line and column of the code, both from 1; undefined for what is nobody's. */
  readonly placeOf: (line: number, column: number) => string | undefined;
}

/**
 * Bundles a script with its own imports into CommonJS, by the compiler that k6 uses too; modules of k6 stay `require`d. `__VU` and `__ITER` become
 * `__vu.id` and `__vu.iteration`, since each virtual user has its own.
 * @throws {RunError} with file:line:column, also for imports that k6 would refuse
 */
export async function bundleScript(path: string): Promise<Bundle> {
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'neutral',
      target: 'es2022',
      sourcemap: 'external',
      sourcesContent: false,
      outfile: resolve(dirname(path), 'bundle.js'),
      logLevel: 'silent',
      tsconfigRaw: {}, // k6 reads none
      define: { __VU: '__vu.id', __ITER: '__vu.iteration' },
      plugins: [importsOfK6],
    });
    const textOf = (end: string) => outputFiles.find((file) => file.path.endsWith(end))?.text ?? '';
    return { code: textOf('.js'), placeOf: placeFinder(textOf('.js.map'), dirname(path)) };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const exitCode = runExitCodes.scriptFailed;
    throw new RunError(error.errors.map(messageAt).join('\n'), { exitCode, cause: error });
  } finally {
    await stop(); // its helper process would stand beside the load
  }
}

function placeFinder(map: string, folder: string): Bundle['placeOf'] {
  const sourceMap = new SourceMap(JSON.parse(map) as SourceMapPayload);
  return (line, column) => {
    const entry = sourceMap.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    const { originalSource, originalLine, originalColumn } = entry;
    return `${resolve(folder, originalSource)}:${originalLine + 1}:${originalColumn + 1}`;
  };
}

/** Resolves imports as k6 does: its own modules, and files by their whole name. */
const importsOfK6: Plugin = {
  name: 'imports-of-k6',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind, resolveDir }) => {
      if (kind === 'entry-point') return undefined;
      if (k6Modules.includes(path)) return { path, external: true };
      if (!path.startsWith('./') && !path.startsWith('../')) return refusal(path);
      const file = resolve(resolveDir, path);
      if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return { path: file };
      const text = `wanted a file, found none at ${file}; k6 wants the whole name, such as './flights.ts'`;
      return { errors: [{ text }] };
    });
  },
};

function refusal(path: string): { readonly errors: PartialMessage[] } {
  const have = `this runner has ${k6Modules.join(', ')}`;
  const text = /^k6(\/|$)/.test(path)
    ? `'${path}' is a module of k6 that this runner does not have; ${have}. Run the script with k6 itself`
    : `'${path}' is no module of k6 and no file of yours; ${have}, and files by a path such as './flights.ts'`;
  return { errors: [{ text }] };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function messageAt({ location, text }: BuildFailure['errors'][number]): string {
  if (location === null) return text;
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

/** Reads a file of a script as k6's `open` does: text, or bytes with mode `b`; relative to the script. */
export function openFile(folder: string, path: string, mode?: string): string | ArrayBuffer {
  const file = resolve(folder, path);
  if (mode === undefined) return readFileSync(file, 'utf8');
  if (mode !== 'b') throw new TypeError(`open: wanted no mode or 'b', got '${mode}'`);
  return new Uint8Array(readFileSync(file)).buffer;
}
