import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const minuteMs = 60_000;

// The wheels whose hashes stand in the requirements, whatever Python this host has.
const wheelTags = [
  ['--only-binary', ':all:'],
  ['--python-version', '3.12'],
  ['--implementation', 'cp'],
  ...['manylinux_2_28', 'manylinux_2_27', 'manylinux2014', 'manylinux1'].map((tag) => [
    '--platform',
    `${tag}_x86_64`,
  ]),
].flat();

/**
 * Fetches the wheels that a requirements file names from the index that pip is configured for; pip holds them to their hashes.
 * @throws when pip fails
 */
export async function fetchWheels(requirements: string, into: string): Promise<void> {
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes'];
  await run('python3', [...pip, ...wheelTags, '--dest', into, '--requirement', requirements], {
    timeout: 30 * minuteMs,
  });
}

/** Unpacks the wheels of a folder, and removes them. @throws when Python fails */
export async function unpackWheels(from: string, into: string): Promise<void> {
  await mkdir(into);
  for (const name of await readdir(from)) {
    if (!name.endsWith('.whl')) continue;
    await run('python3', ['-m', 'zipfile', '--extract', join(from, name), into], {
      timeout: 10 * minuteMs,
    });
    await rm(join(from, name)); // the disk holds them once
  }
}

/** Copies a file. One that has its name is whole: it is copied beside first, as the folders may be on different disks. */
export async function placeFile(from: string, to: string): Promise<void> {
  const partial = `${to}.partial`;
  await copyFile(from, partial);
  await rename(partial, to);
}
