import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { signModel, verifyModel } from '../../services/shared/compute/model-signature.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { modelSigning, skipModelSigning } from '../support/python-signing.ts';

const contents: Readonly<Record<string, string>> = {
  'provenance.json': '{"model":"late"}',
  'model.onnx': 'weights',
  'golden-requests.json': '[]',
};
const files = Object.entries(contents)
  .map(([name, text]) => ({ name, digest: createHash('sha256').update(text).digest('hex') }))
  .sort((left, right) => (left.name < right.name ? -1 : 1));

function arrange(folder: string, namedCurve: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const model = join(folder, 'late');
  mkdirSync(model);
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(model, name), text);
  const paths = { key: join(folder, 'key.pem'), pub: join(folder, 'pub.pem') };
  writeFileSync(paths.key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(paths.pub, publicKey.export({ type: 'spki', format: 'pem' }));
  return { privateKey, publicKey, model, paths, signature: join(folder, 'model.sig') };
}

describe("signatures of models and PyPI's model-signing", { skip: skipModelSigning }, () => {
  for (const namedCurve of ['P-256', 'P-384', 'P-521']) {
    it(`verify each other's, with ${namedCurve}`, () => {
      using folder = temporaryFolder();
      const { privateKey, publicKey, model, paths, signature } = arrange(folder.path, namedCurve);
      const verify = () =>
        modelSigning('verify', 'key', model, '--public_key', paths.pub, '--signature', signature);
      writeFileSync(signature, signModel({ name: 'late', files }, privateKey));
      const verified = verify();
      assert.equal(verified.status, 0, verified.text);
      writeFileSync(join(model, 'model.onnx'), 'other weights');
      assert.notEqual(verify().status, 0);
      writeFileSync(join(model, 'model.onnx'), contents['model.onnx'] ?? '');

      const place = ['--private_key', paths.key, '--signature', signature];
      const signed = modelSigning('sign', 'key', model, ...place);
      assert.equal(signed.status, 0, signed.text);
      const bundle = readFileSync(signature, 'utf8');
      assert.deepEqual(verifyModel(bundle, publicKey), { name: 'late', files });
    });
  }
});
