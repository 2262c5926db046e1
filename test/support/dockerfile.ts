import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** One instruction of a Dockerfile, its continued lines joined. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** A stage of a Dockerfile. */
export interface Stage {
  /** Empty for the last one, which nothing refers to. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of a Dockerfile. */
export function stagesIn(path: string): readonly Stage[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  const stages: { name: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', text = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') {
      stages.push({ name: / AS (\S+)$/.exec(text)?.[1] ?? '', instructions: [] });
    } else stages.at(-1)?.instructions.push({ name, text });
  }
  return stages;
}

/** Reads what a build does not see: names at the top, and endings of names anywhere. */
export function ignoredBy(path: string): (file: string) => boolean {
  const patterns = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const tests = patterns.map((pattern) => {
    const [, anywhere, ending] = /^(\*\*\/)?(\*?[A-Za-z0-9_.-]+)$/.exec(pattern) ?? [];
    if (ending === undefined) throw new Error(`wanted a name or an ending, got '${pattern}'`);
    const text = ending.replaceAll('.', '\\.').replace('*', '[^/]*');
    return new RegExp(`${anywhere === undefined ? '^' : '(^|/)'}${text}(/|$)`);
  });
  return (file) => tests.some((test) => test.test(file));
}

/** Where the stages of a Dockerfile are built, and out of what. */
export interface BuildPlace {
  /** The folder that the build sees. */
  readonly context: string;
  readonly isIgnored: (file: string) => boolean;
  /** Folder of the working directory of each stage, by the stage's name. */
  readonly folderOf: (stage: string) => string;
  /** Runs what RUN says of a stage, on a root of its own. Without it npm and rm alone are run, in the folder. */
  readonly run?: (stage: string, command: string) => void;
}

/** The working directory of all stages. */
export const workFolder = '/opt/mlmesh';

/**
 * Does what a stage does in its working directory, in a folder: copies what COPY names, and runs what RUN says of npm and rm. Instructions about the system around
 * it are for a container engine.
 */
export function buildStage({ name, instructions }: Stage, place: BuildPlace): void {
  const folder = place.folderOf(name);
  mkdirSync(folder, { recursive: true });
  for (const instruction of instructions) {
    if (instruction.name === 'COPY') copy(instruction.text, folder, place);
    else if (instruction.name === 'RUN') {
      if (place.run !== undefined) place.run(name, instruction.text);
      else if (/^(npm|rm) /.test(instruction.text)) run(instruction.text, folder);
    }
  }
}

function copy(text: string, folder: string, place: BuildPlace): void {
  const words = text.split(/\s+/);
  const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
  const target = words.pop() ?? '';
  if (target.startsWith('/')) return; // of the system around it
  const source = from === undefined ? place.context : place.folderOf(from);
  for (const word of words) {
    const path = join(source, word.replace(`${workFolder}/`, ''));
    const to = target.endsWith('/') ? join(folder, target, basename(path)) : join(folder, target);
    mkdirSync(dirname(to), { recursive: true });
    const isSeen = (file: string) =>
      from !== undefined || !place.isIgnored(relative(place.context, file));
    cpSync(path, to, { recursive: true, filter: isSeen, verbatimSymlinks: true });
  }
}

function run(command: string, folder: string): void {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} in ${folder}: ${status}\n${stdout}\n${stderr}`);
}

/** Takes the right to write to a folder, and all that is in it, from everybody. */
export function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadOnly(path);
  }
  chmodSync(folder, statSync(folder).mode & 0o555);
}
