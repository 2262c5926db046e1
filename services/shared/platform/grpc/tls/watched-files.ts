import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { MeshError, messageOf } from '../../../kernel/mesh-error.ts';

/** What came of a look at files that are watched. */
export type WatchNotice =
  | { readonly kind: 'reloaded'; readonly paths: readonly string[] }
  /** What is there can't be used; what was read before stays in use. */
  | { readonly kind: 'refused'; readonly paths: readonly string[]; readonly message: string };

/** How files are watched. */
export interface WatchOptions<T> {
  readonly paths: readonly string[];
  /** Makes one value of all files. What it throws means that they can't be used. */
  readonly parse: (files: readonly Buffer[]) => T;
  readonly onNotice: (notice: WatchNotice) => void;
}

// 1 s: a person who has replaced a certificate and looks finds it in use. A read of some kilobytes costs nothing, and sees what a time stamp misses: a link
// that leads elsewhere, a second write within one tick.
const lookEveryMs = 1_000;

/**
 * A value that is made of files and made again when they change. Files that are being replaced, and don't fit together meanwhile, are looked at again a second later. The timer keeps no
 * process alive.
 */
export class WatchedFiles<T> implements Disposable {
  readonly #options: WatchOptions<T>;
  readonly #listeners = new Set<(value: T) => void>();
  readonly #timer: NodeJS.Timeout;
  #files: readonly Buffer[];
  #current: T;
  #refusal = '';
  #looking: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when a file is missing or can't be used. */
  constructor(options: WatchOptions<T>) {
    this.#options = options;
    this.#files = options.paths.map(readNow);
    this.#current = options.parse(this.#files);
    this.#timer = setInterval(() => void this.look(), lookEveryMs).unref();
  }

  get current(): T {
    return this.#current;
  }

  /** Calls `listener` with each value that comes from now on; gives what ends that. */
  onChange(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Looks now rather than in a second; sees what was written before the call. Never rejects. */
  look(): Promise<void> {
    // One that is under way may have read the files before that.
    this.#next ??= this.#looking.then(() => {
      this.#next = undefined;
      this.#looking = this.#read();
      return this.#looking;
    });
    return this.#next;
  }

  async #read(): Promise<void> {
    try {
      const files = await Promise.all(this.#options.paths.map((path) => readFile(path)));
      if (files.every((file, index) => this.#files[index]?.equals(file))) {
        this.#refusal = '';
        return;
      }
      this.#current = this.#options.parse(files);
      this.#files = files;
    } catch (error) {
      this.#refuse(messageOf(error));
      return;
    }
    this.#refusal = '';
    this.#options.onNotice({ kind: 'reloaded', paths: this.#options.paths });
    for (const listener of [...this.#listeners]) listener(this.#current);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  /** Tells the same once. */
  #refuse(message: string): void {
    if (message === this.#refusal) return;
    this.#refusal = message;
    this.#options.onNotice({ kind: 'refused', paths: this.#options.paths, message });
  }
}

function readNow(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted to read ${path}, which the configuration of TLS names: ${messageOf(cause)}; \`mlmesh certs init\` makes such files`,
    cause,
  });
}
