import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { graphArtifact } from '../../../test/support/graph-model.ts';
import { MeshError } from '../kernel/mesh-error.ts';
import { decodeTfjsArtifact, encodeTfjsArtifact, type TfjsArtifact } from './tfjs-artifact.ts';

const artifact: TfjsArtifact = {
  name: 'små',
  modelTopology: { class_name: 'Sequential', config: { layers: [] } },
  weightSpecs: [{ name: 'a/kernel', shape: [2, 1], dtype: 'float32' }],
  weights: new Uint8Array(new Float32Array([1.5, -2]).buffer),
};

describe('tfjs artifact', () => {
  it('gives back what was written, at any alignment', () => {
    const bytes = encodeTfjsArtifact(artifact);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const read = decodeTfjsArtifact(shifted.subarray(1));
    assert.deepEqual(
      { ...read, weights: [...read.weights] },
      { ...artifact, weights: [...artifact.weights] },
    );
  });

  it('gives back a graph with what stands beside it, and texts among its weights', () => {
    const texts = Buffer.concat([Buffer.of(2, 0, 0, 0), Buffer.from('ab'), Buffer.alloc(4)]);
    const graph: TfjsArtifact = {
      ...graphArtifact,
      graph: { ...graphArtifact.graph, modelInitializer: { node: [] } },
      weightSpecs: [...graphArtifact.weightSpecs, { name: 'texts', shape: [2], dtype: 'string' }],
      weights: Buffer.concat([graphArtifact.weights, texts]),
    };
    const bytes = encodeTfjsArtifact(graph);
    const read = decodeTfjsArtifact(bytes);
    assert.deepEqual(
      { ...read, weights: [...read.weights] },
      { ...graph, weights: [...graph.weights] },
    );
    for (const end of [1, 4, 6, 10]) {
      assert.throws(() => decodeTfjsArtifact(bytes.subarray(0, bytes.length - end)), {
        reason: 'ARTIFACT_CORRUPT',
      });
    }
  });

  it('writes layers as ever, so that what was registered keeps its digest', () => {
    const digest = createHash('sha256').update(encodeTfjsArtifact(artifact)).digest('hex');
    // Of the file as it was written before there were graphs.
    assert.equal(digest, '681f65648fa4d92156aaaee0a2b4d930fbdb9e16737e5f785d61a7dfffeecc2f');
  });

  it('keeps weights smaller than they are, and whole numbers', () => {
    const packed: TfjsArtifact = {
      ...artifact,
      weightSpecs: [
        {
          name: 'a',
          shape: [3],
          dtype: 'float32',
          quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
        },
        { name: 'b', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
        { name: 'c', shape: [], dtype: 'int32' },
        { name: 'd', shape: [1], dtype: 'bool' },
      ],
      weights: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    };
    const read = decodeTfjsArtifact(encodeTfjsArtifact(packed));
    assert.deepEqual(read.weightSpecs, packed.weightSpecs);
    for (const quantization of [{ dtype: 'uint8' }, { dtype: 'uint4' }, 7]) {
      const wrong = { ...artifact, weightSpecs: [{ ...artifact.weightSpecs[0], quantization }] };
      // What a program in another language may have written.
      const bytes = encodeTfjsArtifact(wrong as unknown as TfjsArtifact);
      assert.throws(() => decodeTfjsArtifact(bytes), { reason: 'ARTIFACT_CORRUPT' });
    }
  });

  it('refuses bytes that are cut, changed or empty', () => {
    const bytes = Buffer.from(encodeTfjsArtifact(artifact));
    const otherMagic = Buffer.from(bytes);
    otherMagic[0] = 0;
    const longHeader = Buffer.from(bytes);
    longHeader.writeUInt32LE(0xffff_ffff, 8);
    const brokenHeader = Buffer.from(bytes);
    brokenHeader[12] = 0;
    const broken = [
      Buffer.alloc(0),
      otherMagic,
      longHeader,
      brokenHeader,
      bytes.subarray(0, bytes.length - 1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      encodeTfjsArtifact({
        ...artifact,
        weightSpecs: [{ name: 'a', shape: [-2], dtype: 'float32' }],
      }),
    ];
    for (const candidate of broken) {
      assert.throws(
        () => decodeTfjsArtifact(candidate),
        (error) => error instanceof MeshError && error.reason === 'ARTIFACT_CORRUPT',
      );
    }
  });
});
