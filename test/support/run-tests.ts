import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the tests of a group stand, and how many files run at once. */
interface Group {
  readonly folders: readonly string[];
  /** Files elsewhere that belong to it as well. */
  readonly files?: readonly string[];
  readonly filesAtOnce: number;
  /** Longest run of one test. */
  readonly testMsMax: number;
  /** Whether it takes the files that start processes or threads (`x-process.test.ts`), the others, or both. */
  readonly takes: 'process' | 'other' | 'both';
  readonly environment?: Readonly<Record<string, string>>;
}

const groups: ReadonlyMap<string, Group> = new Map([
  [
    'unit',
    {
      folders: [
        'services',
        'test/contract',
        'test/support',
        'test/monitor-sim',
        'native-bench',
        'loadtest',
        'deploy',
      ],
      filesAtOnce: 4,
      // Milliseconds each, but for the proof of parity over 10,000 logs: half a minute beside others on two cores.
      testMsMax: 240_000,
      takes: 'other',
    },
  ],
  // Real processes, threads and models: seconds rather than milliseconds.
  [
    'integration',
    {
      folders: ['services', 'loadtest', 'native-bench', 'test/contract'],
      filesAtOnce: 3,
      testMsMax: 600_000,
      takes: 'process',
    },
  ],
  // Biome, dependency-cruiser and knip use all cores by themselves.
  [
    'conventions',
    { folders: ['test/conventions'], filesAtOnce: 2, testMsMax: 180_000, takes: 'both' },
  ],
  [
    'e2e',
    {
      folders: ['test/e2e', 'test/browser', 'test/durability'],
      filesAtOnce: 2,
      testMsMax: 900_000,
      takes: 'both',
    },
  ],
  // Part of the tests end to end; a name of its own for those who work on the console.
  ['browser', { folders: ['test/browser'], filesAtOnce: 1, testMsMax: 300_000, takes: 'both' }],
  // What is on disk after a kill, whatever the machine does beside it: part of them as well.
  [
    'durability',
    { folders: ['test/durability'], filesAtOnce: 2, testMsMax: 900_000, takes: 'both' },
  ],
  // Budgets of milliseconds are part of what these show; two meshes at once would disturb each other's.
  ['timed', { folders: ['test/timed'], filesAtOnce: 1, testMsMax: 600_000, takes: 'both' }],
  ['chaos', { folders: ['test/chaos'], filesAtOnce: 1, testMsMax: 900_000, takes: 'both' }],
  [
    'long',
    {
      // And what takes minutes by itself, such as the steps of the image, which install all dependencies twice.
      folders: ['test/chaos', 'test/durability', 'test/image', 'test/long'],
      // More of what these do in a few rounds elsewhere.
      files: [
        'services/feature/delete-entity-process.test.ts',
        'services/feature/import-kill-process.test.ts',
        'services/feature/redis-process.test.ts',
        'test/timed/automatic-rollback.test.ts',
        'test/timed/costly-latency.test.ts',
        'test/timed/kserve-clients.test.ts',
      ],
      filesAtOnce: 1,
      testMsMax: 900_000,
      takes: 'both',
      // Each round kills each service once: 50 kills in all.
      environment: { MLMESH_TEST_ROUNDS: '10' },
    },
  ],
]);

/** Lists the compiled test files of a group, by the sources that exist now: dist may hold what was deleted since. */
function testFiles(group: Group, filters: readonly string[]): readonly string[] {
  return group.folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .concat(group.files ?? [])
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .filter(
      (file) =>
        group.takes === 'both' || file.endsWith('-process.test.ts') === (group.takes === 'process'),
    )
    .filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)))
    .map((file) => join('dist', file.replace(/\.ts$/, '.js')))
    .sort();
}

function fail(message: string): never {
  process.stderr.write(`run-tests: ${message}\n`);
  process.exit(2);
}

const [groupName = '', ...filters] = process.argv.slice(2);
const group = groups.get(groupName);
if (group === undefined) {
  fail(
    `wanted a group (${[...groups.keys()].join(', ')}) and parts of file names, got '${groupName}'`,
  );
}
const files = testFiles(group, filters);
if (files.length === 0) {
  fail(`no test file in ${group.folders.join(', ')} matches ${filters.join(', ') || 'anything'}`);
}
const unbuilt = files.filter((file) => !existsSync(file));
if (unbuilt.length > 0) fail(`not built, run \`npm run build\`:\n${unbuilt.join('\n')}`);

// Files of tests share what takes long to make, such as the data of a mesh that is trained.
const named = process.env['MLMESH_TEST_SHARED'];
const shared = named ?? mkdtempSync(join(tmpdir(), 'mlmesh-tests-'));

const child = spawn(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${group.filesAtOnce}`,
    `--test-timeout=${group.testMsMax}`,
    ...files,
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, ...group.environment, MLMESH_TEST_SHARED: shared },
  },
);
child.on('exit', (code) => {
  if (named === undefined) rmSync(shared, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
