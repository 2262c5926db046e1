import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { MeshError } from '../kernel/mesh-error.ts';
import { checkSignedModel, type SignedVersion } from './check-signed-model.ts';
import { signModel, verifyModel } from './model-signature.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const model = {
  name: 'late@3',
  files: [
    { name: 'model.onnx', digest: digest('model') },
    { name: 'provenance.json', digest: digest('provenance') },
  ],
};
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const isInvalid = (error: unknown) =>
  error instanceof MeshError && error.reason === 'SIGNATURE_INVALID';

describe('a signature of a model', () => {
  it('gives what was signed, whatever the curve', () => {
    for (const namedCurve of ['P-256', 'P-384', 'P-521']) {
      const key = generateKeyPairSync('ec', { namedCurve });
      assert.deepEqual(verifyModel(signModel(model, key.privateKey), key.publicKey), model);
    }
  });
  it('does not hold by another key, and says which it is by', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    assert.throws(() => verifyModel(signModel(model, privateKey), other.publicKey), isInvalid);
    const edwards = generateKeyPairSync('ed25519');
    assert.throws(() => verifyModel(signModel(model, privateKey), edwards.publicKey), isInvalid);
  });
  it('does not hold when what it says was changed, or is about something else', () => {
    const bundle = JSON.parse(signModel(model, privateKey));
    const changed = (change: object) =>
      JSON.stringify({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, ...change } });
    const other = JSON.parse(signModel({ ...model, name: 'late@4' }, privateKey)).dsseEnvelope;
    const twice = [...bundle.dsseEnvelope.signatures, ...bundle.dsseEnvelope.signatures];
    for (const wrong of [
      changed({ payload: other.payload }),
      changed({ payloadType: 'text/plain' }),
      changed({ signatures: [] }),
      changed({ signatures: twice }),
      JSON.stringify({ ...bundle, mediaType: 'x' }),
      '{}',
      '[',
      'null',
    ]) {
      assert.throws(() => verifyModel(wrong, publicKey), isInvalid);
    }
  });
});

describe('checkSignedModel', () => {
  const bundle = Buffer.from(signModel(model, privateKey));
  const version: SignedVersion = {
    model: 'late',
    version: 3,
    artifactDigest: digest('model'),
    artifactFormat: 'onnx',
    signatureDigest: createHash('sha256').update(bundle).digest('hex'),
  };
  const check = (change: Partial<SignedVersion>, bytes: Uint8Array = bundle) =>
    checkSignedModel({ ...version, ...change }, bytes, publicKey);

  it('passes for the version that was signed', () => check({}));
  it('finds each byte of the signature that is another', () => {
    for (let at = 0; at < bundle.length; at += 1) {
      const changed = Buffer.from(bundle);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.throws(() => check({}, changed), isInvalid, `byte ${at}`);
    }
    assert.throws(() => check({}, bundle.subarray(1)), isInvalid);
  });
  it('refuses the signature of another version, format or artifact', () => {
    for (const change of [
      { version: 4 },
      { model: 'later' },
      { artifactFormat: 'tfjs' },
      { artifactDigest: digest('other') },
    ]) {
      assert.throws(() => check(change), isInvalid);
    }
  });
});
