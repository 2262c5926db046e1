import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { graphArtifact, graphSpec } from '../../../test/support/graph-model.ts';
import { isDynamicGraph, readGraphSignature } from './tfjs-graph.ts';

const withOutputs = (outputs: object) => ({
  ...graphArtifact,
  graph: { signature: { inputs: {}, outputs } },
});

describe('readGraphSignature', () => {
  it('gives names, datatypes as tfjs holds them, and shapes', () => {
    const { inputs, outputs } = graphSpec;
    assert.deepEqual(readGraphSignature(graphArtifact), { inputs, outputs });
  });
  it('takes the signature in the metadata before the one beside it, datatypes by number, and shapes that are not told', () => {
    const y = { name: 'if:0', dtype: 7, tensorShape: { unknownRank: true } };
    const graph = {
      ...graphArtifact.graph,
      userDefinedMetadata: { signature: { outputs: { y } } },
    };
    assert.deepEqual(readGraphSignature({ ...graphArtifact, graph }), {
      inputs: [],
      outputs: [{ name: 'y', dataType: 'BYTES', shape: [] }],
    });
  });
  it('leaves out the tables that a graph fills by itself', () => {
    const table = { name: 'table:0', dtype: 'DT_RESOURCE', resourceId: 3 };
    const { outputs } = readGraphSignature(
      withOutputs({ y: { name: 'if:0', dtype: 'DT_BOOL' }, table }),
    );
    assert.deepEqual(outputs, [{ name: 'y', dataType: 'BOOL', shape: [] }]);
  });
  it('refuses a graph without a signature, and a datatype that tfjs does not carry', () => {
    const none = { ...graphArtifact, graph: {} };
    assert.throws(() => readGraphSignature(none), {
      reason: 'ARTIFACT_CORRUPT',
      message: /convert it again/,
    });
    const complex = withOutputs({ y: { name: 'if:0', dtype: 'DT_COMPLEX64' } });
    assert.throws(() => readGraphSignature(complex), { message: /'y' is of type DT_COMPLEX64/ });
  });
});

describe('isDynamicGraph', () => {
  it('is so for control flow, and not for arithmetic', () => {
    assert.equal(isDynamicGraph(graphArtifact), true);
    const modelTopology = { node: [{ name: 'y', op: 'Neg' }] };
    assert.equal(isDynamicGraph({ ...graphArtifact, modelTopology }), false);
    assert.equal(isDynamicGraph({ ...graphArtifact, modelTopology: {} }), false);
  });
});
