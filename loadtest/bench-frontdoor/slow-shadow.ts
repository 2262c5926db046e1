import { createHash } from 'node:crypto';
import type { MeshConnection } from '../../services/cli/rpc/connect-mesh.ts';
import { registerArtifact, uploadArtifact } from '../../services/cli/rpc/register-artifact.ts';
import type { ServingSignature__Output } from '../../services/gen/mlmesh/registry/v1/ServingSignature.ts';
import { modelName } from '../bench/flight-frames.ts';
import { type OnnxGraph, onnxFile } from '../load/onnx-graph.ts';

/** Turns of a loop that does next to nothing: some seconds on one core. */
const turns = 2_000_000n;

/** Registers a version that takes the rows of another one and thinks about each call for seconds; gives its number. */
export async function registerSlowVersion(
  mesh: MeshConnection,
  like: number,
  signal: AbortSignal,
): Promise<number> {
  const { version } = await mesh.registry.getVersion(
    { model: modelName, version: like },
    { signal },
  );
  const provenance = version?.provenance;
  if (!provenance?.signature) throw new Error(`version ${like} has no provenance`);
  const bytes = onnxFile(slowGraph(provenance.signature));
  const digest = createHash('sha256').update(bytes).digest('hex');
  await uploadArtifact(mesh, { digest, bytes, format: 'onnx' }, signal);
  // What was registered before is in quarantine: each run registers a version of its own.
  const { versions } = await mesh.registry.listVersions({ model: modelName }, { signal });
  const trainedAtMs = provenance.trainedAtMs + versions.length;
  const slow = { ...provenance, artifactDigest: digest, artifactBytes: bytes.length, trainedAtMs };
  const registered = await registerArtifact(mesh, { model: modelName, provenance: slow }, signal);
  return registered.version;
}

/** Gives a sigmoid of the mean of a row; where any value is above 0 it counts to millions before. */
function slowGraph({ inputs, outputs, features: names }: ServingSignature__Output): OnnxGraph {
  const x = inputs[0]?.name ?? '';
  const y = outputs[0]?.name ?? '';
  const features = names.length;
  const counted = { name: 'counted', type: 'FP32', shape: [1] } as const;
  const mean = Float32Array.from({ length: features }, () => 1 / features);
  return {
    inputs: [{ name: x, type: 'FP32', shape: [-1, features] }],
    outputs: [{ name: y, type: 'FP32', shape: [-1, 1] }],
    nodes: [
      { op: 'ReduceMax', inputs: [x], outputs: ['largest'] },
      { op: 'Greater', inputs: ['largest', 'zero'], outputs: ['positive'] },
      { op: 'Squeeze', inputs: ['positive'], outputs: ['again'] },
      {
        op: 'Loop',
        inputs: ['turns', 'again', 'zero'],
        outputs: ['counted'],
        graphs: { body: countGraph() },
      },
      { op: 'MatMul', inputs: [x, 'mean'], outputs: ['middle'] },
      { op: 'Mul', inputs: ['counted', 'zero'], outputs: ['nothing'] },
      { op: 'Add', inputs: ['middle', 'nothing'], outputs: ['sum'] },
      { op: 'Sigmoid', inputs: ['sum'], outputs: [y] },
    ],
    constants: [
      { name: 'zero', type: 'FP32', shape: [1], bytes: new Uint8Array(4) },
      { name: 'turns', type: 'INT64', shape: [], bytes: littleEndian(turns) },
      { name: 'mean', type: 'FP32', shape: [features, 1], bytes: new Uint8Array(mean.buffer) },
    ],
  };
  function countGraph(): OnnxGraph {
    return {
      inputs: [
        { name: 'turn', type: 'INT64', shape: [] },
        { name: 'before', type: 'BOOL', shape: [] },
        { ...counted, name: 'value' },
      ],
      outputs: [
        { name: 'after', type: 'BOOL', shape: [] },
        { ...counted, name: 'next' },
      ],
      nodes: [
        { op: 'Identity', inputs: ['before'], outputs: ['after'] },
        { op: 'Identity', inputs: ['value'], outputs: ['next'] },
      ],
    };
  }
}

function littleEndian(value: bigint): Uint8Array {
  return new Uint8Array(BigInt64Array.of(value).buffer);
}
