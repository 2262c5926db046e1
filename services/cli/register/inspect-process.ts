// A process of its own: native parsers read a file here that nobody vouches for, and it may take them down.
import { readFile } from 'node:fs/promises';
import { decodeFolder } from '../../shared/compute/folder-artifact.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import {
  type ModelSignature,
  readOnnxSignature,
} from '../../shared/platform/inference/onnx-signature.ts';
import { readSavedModelSignature } from '../../shared/platform/inference/saved-model-signature.ts';
import type { InspectionMessage } from './inspect-model.ts';

const [, , path = '', format = ''] = process.argv;

async function read(): Promise<ModelSignature> {
  const bytes = await readFile(path);
  if (format === 'onnx') return await readOnnxSignature(bytes);
  if (format === 'saved-model') return readSavedModelSignature(decodeFolder(bytes));
  const { readTfjsSignature } = await import('./tfjs-signature.ts');
  return await readTfjsSignature(bytes);
}

async function inspect(): Promise<InspectionMessage> {
  try {
    return { kind: 'signature', ...(await read()) };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) };
  }
}

const told = await inspect();
process.send?.(told, () => process.disconnect());
