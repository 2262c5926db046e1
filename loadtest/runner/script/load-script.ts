import { Script } from 'node:vm';
import { RunError, runExitCodes } from '../run-error.ts';
import { type Bundle, bundleScript, openFile } from './bundle-script.ts';
import { k6ModulesOf } from './k6-modules.ts';
import type { RunHost } from './run-host.ts';
import { newUserState, type VirtualUserState } from './virtual-user.ts';

/** What a script exports, as one virtual user has it. */
export interface UserScript {
  readonly user: VirtualUserState;
  readonly exports: Readonly<Record<string, unknown>>;
}

type Evaluate = (...parts: readonly unknown[]) => void;

/** Name by which stacks call the bundle. */
const bundleName = 'mlmesh-loadtest-bundle.js';
const frameOfBundle = /mlmesh-loadtest-bundle\.js:(\d+):(\d+)/;
/** What k6 gives to a script beside the language, and what Node has that k6 does not. */
const given = ['module', 'exports', 'require', 'open', 'console', '__ENV', '__vu'];
const ofNode = ['process', 'Buffer', 'fetch', 'global'];

/** A script that is compiled once and evaluated for each virtual user: each has variables, clients and connections of its own, as in k6. */
export class LoadedScript {
  readonly #evaluate: Evaluate;
  readonly #placeOf: Bundle['placeOf'];

  private constructor(evaluate: Evaluate, placeOf: Bundle['placeOf']) {
    this.#evaluate = evaluate;
    this.#placeOf = placeOf;
  }

  /** @throws {RunError} with the place in the file when it does not compile */
  static async load(path: string): Promise<LoadedScript> {
    const { code, placeOf } = await bundleScript(path);
    const names = [...given, ...ofNode].join(', ');
    // The code begins on the second line, which lineOffset makes the first.
    const script = new Script(`(function (${names}) {\n${code}\n})`, {
      filename: bundleName,
      lineOffset: -1,
    });
    return new LoadedScript(script.runInThisContext() as Evaluate, placeOf);
  }

  /** Evaluates it for a new virtual user. @throws {RunError} when it throws */
  evaluate(host: RunHost, id: number): UserScript {
    const user = newUserState(id);
    const modules = k6ModulesOf(host, user);
    const module = { exports: {} as Readonly<Record<string, unknown>> };
    const require = (name: string) => modules.get(name);
    const open = (path: string, mode?: string) => {
      if (!user.isInit) throw new Error('open() is only available in the init context');
      return openFile(host.folder, path, mode);
    };
    const { environment } = host;
    try {
      this.#evaluate(module, module.exports, require, open, consoleOf(host), environment, user);
    } catch (error) {
      throw this.errorOf('the script', error);
    }
    user.isInit = false;
    return { user, exports: module.exports };
  }

  /** Gives the error for what a part of the script threw. */
  errorOf(part: string, thrown: unknown): RunError {
    const exitCode = runExitCodes.scriptFailed;
    return new RunError(`${part}: ${this.describe(thrown)}`, { exitCode, cause: thrown });
  }

  /** Gives what was thrown and where in the author's files, as one line. */
  describe(thrown: unknown): string {
    if (!(thrown instanceof Error)) return String(thrown);
    const [, line, column] = frameOfBundle.exec(thrown.stack ?? '') ?? [];
    const place = line === undefined ? undefined : this.#placeOf(Number(line), Number(column));
    return place === undefined ? thrown.message : `${thrown.message} (${place})`;
  }
}

function consoleOf(host: RunHost): object {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const write = (...values: readonly unknown[]) => host.log(values.map(textOf).join(' '));
  return { log: write, info: write, warn: write, error: write, debug: write };
}
