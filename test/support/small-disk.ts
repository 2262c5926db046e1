import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own in memory, which can really be full. */
export class SmallDisk implements Disposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Mounts one of so many bytes; undefined where this user may mount nothing. */
  static mount(bytes: number): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), 'mlmesh-disk-'));
    const mount = ['mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=777`, 'tmpfs', path];
    for (const command of [mount, ['sudo', '-n', ...mount]]) {
      if (run(command)) return new SmallDisk(path);
    }
    rmSync(path, { recursive: true });
    return undefined;
  }

  /** Leaves so many bytes free, by a file that takes the rest. */
  fill(leftBytes: number): void {
    this.free();
    const { bavail, bsize } = statfsSync(this.path);
    writeFileSync(this.#ballast, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)));
  }

  /** Takes the file away again. */
  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  [Symbol.dispose](): void {
    const unmount = ['umount', this.path];
    if (!run(unmount)) run(['sudo', '-n', ...unmount]);
    rmSync(this.path, { recursive: true, force: true });
  }

  get #ballast(): string {
    return join(this.path, 'ballast');
  }
}

function run([command = '', ...rest]: readonly string[]): boolean {
  try {
    execFileSync(command, rest, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
