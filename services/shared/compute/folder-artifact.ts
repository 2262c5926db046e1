import { MeshError } from '../kernel/mesh-error.ts';

/** What a folder in one file begins with. */
export const folderMagic = 'MLFD0001';
const lengthBytes = 4;
// A megabyte names some ten thousand files; a model has a dozen.
const headerBytesMax = 1 << 20;

/** A file of a folder. */
export interface FolderFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes a folder into one file: the magic `MLFD0001`, the length of the header as uint32 little-endian, the header (JSON: path
 * and size of each file), then the bytes of the files. Files are sorted by path, so that the same folder gives the same bytes.
 */
export function encodeFolder(files: readonly FolderFile[]): Uint8Array {
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
  const header = Buffer.from(
    JSON.stringify(sorted.map(({ path, bytes }) => ({ path, size: bytes.length }))),
    'utf8',
  );
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(header.length);
  return Buffer.concat([
    Buffer.from(folderMagic, 'latin1'),
    length,
    header,
    ...sorted.map(({ bytes }) => bytes),
  ]);
}

/**
 * Reads a folder from one file. The bytes of the files are views of `bytes`.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it is not such a file, or a path would leave the folder.
 */
export function decodeFolder(bytes: Uint8Array): readonly FolderFile[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerFirst = folderMagic.length + lengthBytes;
  if (file.length < headerFirst || file.toString('latin1', 0, folderMagic.length) !== folderMagic) {
    throw corrupt(`wanted a file that begins with ${folderMagic}, got ${file.length} other bytes`);
  }
  const headerBytes = file.readUInt32LE(folderMagic.length);
  if (headerBytes > headerBytesMax || headerFirst + headerBytes > file.length) {
    throw corrupt(`wanted a header of ${headerBytes} bytes inside ${file.length} bytes`);
  }
  let offset = headerFirst + headerBytes;
  const files = parseHeader(file.toString('utf8', headerFirst, offset)).map(({ path, size }) => {
    const content = file.subarray(offset, offset + size);
    offset += size;
    return { path, bytes: content };
  });
  if (offset !== file.length) throw corrupt(`wanted ${offset} bytes, got ${file.length}`);
  return files;
}

function parseHeader(text: string): readonly { readonly path: string; readonly size: number }[] {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw corrupt('wanted a header of JSON', cause);
  }
  if (!Array.isArray(header)) throw corrupt('wanted a header that lists files');
  return header.map((entry: unknown) => {
    const { path, size } = typeof entry === 'object' && entry !== null ? toEntry(entry) : {};
    if (typeof path !== 'string' || !isInside(path)) {
      throw corrupt(`wanted a path inside the folder, got '${String(path).slice(0, 200)}'`);
    }
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw corrupt(`wanted the size of ${path}`);
    }
    return { path, size };
  });
}

function toEntry(value: object): { readonly path?: unknown; readonly size?: unknown } {
  return value;
}

function isInside(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return path !== '' && !/^\/|\\|[\u0000-\u001f]/.test(path) && path.split('/').every(isPlain);
}

function isPlain(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..';
}

function corrupt(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT', message, cause });
}
