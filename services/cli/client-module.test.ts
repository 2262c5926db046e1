import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { type ClientModel, camelCase, clientModule } from './client-module.ts';

const fraud: ClientModel = {
  model: 'card-fraud',
  joinKeys: ['card'],
  requestFeatures: { amount: 'number', 'is new': 'flag', at: 'time', kind: 'text' },
  outputs: ['probability'],
  version: 3,
};
const write = (...models: readonly ClientModel[]) =>
  clientModule({ mesh: 'shop', models, importFrom: 'mlmesh/client' });

describe('clientModule', () => {
  it('writes a type and a function for each model', () => {
    assert.equal(
      write(fraud),
      `// Written by \`mlmesh client\` for the mesh 'shop'; write it anew when a model takes or gives something else.
import { type ConnectOptions, connect, type MeshClient, type ModelClient, modelClient } from 'mlmesh/client';

/** What model 'card-fraud' is asked with. */
export interface CardFraudInput {
  readonly card: string;
  readonly amount: number;
  readonly at: Date;
  readonly 'is new': boolean;
  readonly kind: string;
}

/** What model 'card-fraud' gives, by the signature of version 3. */
export interface CardFraudOutputs {
  readonly probability: number;
}

function cardFraudClient(mesh: MeshClient): ModelClient<CardFraudInput, CardFraudOutputs> {
  return modelClient(mesh, {
    model: 'card-fraud',
    entities: ['card'],
    features: ['amount', 'at', 'is new', 'kind'],
    outputs: ['probability'],
  });
}

/** Connects to the mesh 'shop': \`mesh.cardFraud.predict({ ... })\`. Close it when it is no longer needed. */
export function connectShop(options: ConnectOptions | string) {
  const mesh = connect(options);
  return {
    cardFraud: cardFraudClient(mesh),
    recordOutcomes: mesh.recordOutcomes,
    close: mesh.close,
  };
}
`,
    );
  });
  it('gives the same text whatever the order of the models', () => {
    const other = { ...fraud, model: 'churn' };
    assert.equal(write(fraud, other), write(other, fraud));
  });
  it('takes a key and a text of the same name for one field', () => {
    const model = { ...fraud, requestFeatures: { card: 'text' } };
    assert.equal(write(model).match(/readonly card: string;/g)?.length, 1);
  });
  it('refuses what would be two things of one name', () => {
    const refused = [
      [{ ...fraud, requestFeatures: { card: 'number' } }],
      [fraud, { ...fraud, model: 'cardFraud' }],
      [{ ...fraud, model: 'close' }],
    ];
    for (const models of refused) {
      assert.throws(
        () => write(...models),
        (error) => error instanceof MeshError && error.reason === 'DEFINITION_INVALID',
      );
    }
  });
});

describe('camelCase', () => {
  it('joins what stands between other characters', () => {
    assert.equal(camelCase('flight-delay_2'), 'flightDelay2');
    assert.equal(camelCase('2nd-model'), '_2ndModel');
  });
});
