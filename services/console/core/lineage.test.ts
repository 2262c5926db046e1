import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineageOf, relativesOf } from './lineage.ts';

const parts = {
  features: [
    { name: 'distance', view: '' },
    { name: 'originDelay', view: 'flights/origin' },
    { name: 'destinationDelay', view: 'flights/destination' },
    { name: 'originLate', view: 'flights/origin' },
    { name: 'nobodyTakesIt', view: 'flights/route' },
  ],
  sets: [
    { model: 'delay', columns: ['distance', 'originDelay', 'destinationDelay', 'originLate'] },
    { model: 'price', columns: ['distance'] },
  ],
};

describe('lineageOf', () => {
  const { nodes, edges, rows } = lineageOf(parts);

  it('leads from each source over views and features to the models that take them', () => {
    const ids = nodes.map(({ id }) => id);
    assert.ok(ids.includes('source flights') && ids.includes('source caller'));
    assert.ok(!ids.some((id) => /nobody|route/.test(id)));
    const into = (id: string) => edges.filter(({ to }) => to === id).map(({ from }) => from);
    assert.deepEqual(into('model price'), ['feature distance']);
    assert.deepEqual(into('feature originLate'), ['view flights/origin']);
    assert.deepEqual(into('view flights/origin'), ['source flights']);
  });

  it('places no two nodes of a column less than a row apart, and none below the last row', () => {
    for (const column of [0, 1, 2, 3]) {
      const placed = nodes
        .filter((node) => node.column === column)
        .map(({ row }) => row)
        .sort((left, right) => left - right);
      for (const [index, row] of placed.entries()) {
        assert.ok(index === 0 || row - (placed[index - 1] ?? 0) >= 1);
        assert.ok(row <= rows - 1);
      }
    }
  });

  it('is empty without feature sets', () => {
    assert.deepEqual(lineageOf({ features: parts.features, sets: [] }).nodes, []);
  });
});

describe('relativesOf', () => {
  it('gives all that a node comes from and leads to, and nothing beside it', () => {
    const { edges } = lineageOf(parts);
    const relatives = [
      'feature originDelay',
      'model delay',
      'source flights',
      'view flights/origin',
    ];
    assert.deepEqual(relativesOf('feature originDelay', edges), new Set(relatives));
  });
});
