import { type ArtifactFormat, artifactFormats } from '../../shared/compute/artifact-format.ts';
import { folderMagic } from '../../shared/compute/folder-artifact.ts';
import { tfjsMagic } from '../../shared/compute/tfjs-artifact.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** Bytes that {@link checkArtifactHead} looks at. */
export const artifactHeadBytes = 512; // the magic of a tar archive stands at 257

/** How files that are no model begin, for a message that helps. Loading some of them runs code. */
const strangers: readonly (readonly [string, readonly number[]])[] = [
  ['a Python pickle', [0x80, 0x02]],
  ['a Python pickle', [0x80, 0x03]],
  ['a Python pickle', [0x80, 0x04]],
  ['a Python pickle', [0x80, 0x05]],
  ['a zip archive, as PyTorch and Keras write it', [0x50, 0x4b]],
  ['a gzip archive', [0x1f, 0x8b]],
  ['a bzip2 archive', [0x42, 0x5a, 0x68]],
  ['an xz archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['a zstd archive', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf]],
  ['an HDF5 file, as older Keras writes it', [0x89, 0x48, 0x44, 0x46]],
];

const tarMagic = Buffer.from('ustar', 'latin1');
const tarMagicOffset = 257;
/** Bytes that a message shows of what it does not know. */
const shownBytes = 8;

/**
 * Refuses an artifact that does not begin as its format does, whatever it calls itself.
 * @param head the first {@link artifactHeadBytes} bytes, or all where there are fewer
 * @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED
 */
export function checkArtifactHead(format: ArtifactFormat, head: Uint8Array): void {
  if (beginsAs(format, head)) return;
  const stranger = strangers.find(([, magic]) => magic.every((byte, at) => head[at] === byte));
  const isTar = tarMagic.equals(head.subarray(tarMagicOffset, tarMagicOffset + tarMagic.length));
  const hex = Buffer.from(head.subarray(0, shownBytes)).toString('hex');
  const known = isTar ? 'a tar archive' : stranger?.[0];
  throw unsupportedArtifact(known ?? `a file that begins with the bytes ${hex}`);
}

/** Gives INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED. */
export function unsupportedArtifact(got: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'ARTIFACT_UNSUPPORTED',
    message: `wanted an artifact in one of the formats ${artifactFormats.join(', ')} in one file, got ${got}`,
  });
}

function beginsAs(format: ArtifactFormat, head: Uint8Array): boolean {
  switch (format) {
    case 'onnx': {
      // A ModelProto; writers of protobuf put field 1 first, the version of the format, which is 1 to some teens.
      const [key, irVersion = 0] = head;
      return key === 0x08 && irVersion >= 1 && irVersion < 0x80;
    }
    case 'tfjs':
      return beginsWith(head, tfjsMagic);
    case 'saved-model':
      return beginsWith(head, folderMagic);
  }
}

function beginsWith(head: Uint8Array, magic: string): boolean {
  return Buffer.from(head.subarray(0, magic.length)).toString('latin1') === magic;
}
