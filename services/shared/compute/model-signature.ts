import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { MeshError } from '../kernel/mesh-error.ts';

/*
 * OpenSSF Model Signing v1.0, method `key`: a Sigstore bundle around a DSSE envelope around an in-toto statement that names every file of the model with its SHA-256.
 * @source https://github.com/ossf/model-signing-spec at a0c91e2; PyPI model-signing 1.1.1
 */

const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const payloadType = 'application/vnd.in-toto+json';
const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'https://model_signing/signature/v1.0';

/** Hash that goes with each curve. */
const hashes: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
]);

/** A file of a model. */
export interface SignedFile {
  /** Path inside the folder of the model. */
  readonly name: string;
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
}

/** What a signature is about. */
export interface SignedModel {
  readonly name: string;
  readonly files: readonly SignedFile[];
}

/** Gives the signature of a model as the text of a bundle. The key is an elliptic one: P-256, P-384 or P-521. */
export function signModel({ name, files }: SignedModel, key: KeyObject): string {
  const sorted = [...files].sort((left, right) => (left.name < right.name ? -1 : 1));
  const statement = {
    _type: statementType,
    subject: [{ name, digest: { sha256: rootDigest(sorted) } }],
    predicateType,
    predicate: {
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: [],
      },
      resources: sorted.map((file) => ({
        name: file.name,
        algorithm: 'sha256',
        digest: file.digest,
      })),
    },
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const publicKey = createPublicKey(key);
  return JSON.stringify({
    mediaType: bundleType,
    verificationMaterial: { publicKey: { hint: keyHint(publicKey) }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType,
      signatures: [
        { sig: sign(hashOf(publicKey), paeOf(payload), key).toString('base64'), keyid: '' },
      ],
    },
  });
}

/**
 * Gives what a bundle says, once its signature was found to be by the key.
 * @throws {MeshError} DATA_LOSS / SIGNATURE_INVALID saying what does not hold
 */
export function verifyModel(bundle: string, publicKey: KeyObject): SignedModel {
  const { payload, signature, hint } = readBundle(bundle);
  if (hint !== '' && hint !== keyHint(publicKey)) {
    throw signatureInvalid(`it is by the key ${hint}, and ${keyHint(publicKey)} is trusted`);
  }
  if (!verify(hashOf(publicKey), paeOf(payload), publicKey, signature)) {
    throw signatureInvalid('it is not that of its content by the trusted key');
  }
  return readStatement(payload);
}

/** Gives how a key is named in bundles: SHA-256 of its PEM. */
export function keyHint(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: 'spki', format: 'pem' }));
}

/** Gives DATA_LOSS / SIGNATURE_INVALID. */
export function signatureInvalid(why: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'SIGNATURE_INVALID',
    message: `wanted a signature that holds, but ${why}; the model is not loaded: \`mlmesh models verify\` shows what else does not hold`,
    cause,
  });
}

function hashOf(publicKey: KeyObject): string {
  const hash = hashes.get(publicKey.asymmetricKeyDetails?.namedCurve);
  if (hash === undefined) {
    throw signatureInvalid('its key is not of one of the curves P-256, P-384 and P-521');
  }
  return hash;
}

/** What is signed of an envelope. @source https://github.com/secure-systems-lab/dsse, protocol.md */
function paeOf(payload: Buffer): Buffer {
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function rootDigest(files: readonly SignedFile[]): string {
  return sha256(Buffer.concat(files.map(({ digest }) => Buffer.from(digest, 'hex'))));
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Bundle {
  readonly payload: Buffer;
  readonly signature: Buffer;
  readonly hint: string;
}

function readBundle(text: string): Bundle {
  const bundle = parse(text);
  const envelope = at(bundle, 'dsseEnvelope');
  const signatures = at(envelope, 'signatures');
  const [first, ...others] = Array.isArray(signatures) ? signatures : [];
  if (at(bundle, 'mediaType') !== bundleType || at(envelope, 'payloadType') !== payloadType) {
    throw signatureInvalid(`it is no bundle of the type ${bundleType} with ${payloadType} in it`);
  }
  if (others.length > 0) throw signatureInvalid('its envelope has more than one signature');
  const hint = at(at(at(bundle, 'verificationMaterial'), 'publicKey'), 'hint');
  return {
    payload: bytesAt(envelope, 'payload'),
    signature: bytesAt(first, 'sig'),
    hint: typeof hint === 'string' ? hint : '',
  };
}

function readStatement(payload: Buffer): SignedModel {
  const statement = parse(payload.toString('utf8'));
  if (
    at(statement, '_type') !== statementType ||
    at(statement, 'predicateType') !== predicateType
  ) {
    throw signatureInvalid(`its statement is not one of ${predicateType}`);
  }
  const subjects = at(statement, 'subject');
  const [subject, ...others] = Array.isArray(subjects) ? subjects : [];
  const predicate = at(statement, 'predicate');
  if (at(at(predicate, 'serialization'), 'method') !== 'files' || others.length > 0) {
    throw signatureInvalid('it is not one of the files of one model');
  }
  const resources = at(predicate, 'resources');
  const files = (Array.isArray(resources) ? resources : []).map((resource: unknown) => {
    if (at(resource, 'algorithm') !== 'sha256') throw signatureInvalid('a hash is no SHA-256');
    return { name: textAt(resource, 'name'), digest: textAt(resource, 'digest') };
  });
  if (textAt(at(subject, 'digest'), 'sha256') !== rootDigest(files)) {
    throw signatureInvalid('its root digest is not that of its files');
  }
  return { name: textAt(subject, 'name'), files };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw signatureInvalid('it is not JSON', error);
  }
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function textAt(value: unknown, name: string): string {
  const text = at(value, name);
  if (typeof text !== 'string') throw signatureInvalid(`its ${name} is missing`);
  return text;
}

function bytesAt(value: unknown, name: string): Buffer {
  return Buffer.from(textAt(value, name), 'base64');
}
