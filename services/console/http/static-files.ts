import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { securityHeaders } from './http-answer.ts';

const contentTypes: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Made when it is asked for first. */
  brotli: Buffer | undefined;
}

/** The built web application: a few files, which are held in memory. */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
  }

  /**
   * Reads the files of a folder.
   * @throws {MeshError} FAILED_PRECONDITION / INVALID_CONFIG when there is no index.html
   */
  static read(folder: string): StaticFiles {
    const names = existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      : [];
    const files = names.flatMap((name) => {
      const type = contentTypes.get(extname(name));
      if (type === undefined) return [];
      const file = { type, bytes: readFileSync(join(folder, name)), brotli: undefined };
      return [[`/${name.replaceAll('\\', '/')}`, file] as const];
    });
    const found = new Map<string, StaticFile>(files);
    if (found.has('/index.html')) return new StaticFiles(found);
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'INVALID_CONFIG',
      message: `wanted the built console in ${folder}, found no index.html; run \`npm run build\``,
    });
  }

  /** Answers a read: the file of that path, or the page for every path that names no file. False where a file is not there. */
  send(request: IncomingMessage, path: string, response: ServerResponse): boolean {
    const isFile = extname(path) !== '' && path !== '/index.html';
    const file = this.#files.get(isFile ? path : '/index.html');
    if (file === undefined) return false;
    const isCompressed = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
    const body = isCompressed ? brotliOf(file) : file.bytes;
    response.writeHead(200, {
      ...securityHeaders,
      'content-type': file.type,
      'content-length': body.length,
      vary: 'accept-encoding',
      // Names of files carry their hash, so they never change; the page that names them does.
      'cache-control': isFile ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(isCompressed ? { 'content-encoding': 'br' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  }
}

function brotliOf(file: StaticFile): Buffer {
  // 9: within 3 % of the best, in a tenth of its time.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  file.brotli ??= brotliCompressSync(file.bytes, { params });
  return file.brotli;
}
