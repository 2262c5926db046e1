import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeFolder, encodeFolder } from './folder-artifact.ts';

const files = [
  { path: 'variables/variables.index', bytes: Buffer.from([1, 2, 3]) },
  { path: 'saved_model.pb', bytes: Buffer.from('graph') },
  { path: 'assets/empty', bytes: Buffer.alloc(0) },
];

function named(name: string): Uint8Array {
  return encodeFolder([{ path: name, bytes: Buffer.alloc(1) }]);
}

describe('a folder in one file', () => {
  it('comes back as it went, in the order of the paths', () => {
    assert.deepEqual(
      decodeFolder(encodeFolder(files)).map(({ path, bytes }) => [path, Buffer.from(bytes)]),
      [files[2], files[1], files[0]].map((file) => [file?.path, file?.bytes]),
    );
  });

  it('has the same bytes whatever order the files came in', () => {
    assert.deepEqual(encodeFolder([...files].reverse()), encodeFolder(files));
  });

  for (const path of ['', '/etc/passwd', '../up', 'a/../../b', 'a//b', './a', 'a\\b', 'a\u0000b']) {
    it(`refuses the path ${JSON.stringify(path)}`, () => {
      assert.throws(() => decodeFolder(named(path)), { reason: 'ARTIFACT_CORRUPT' });
    });
  }

  it('refuses a file that was cut, has more than it lists, or is none', () => {
    const whole = Buffer.from(encodeFolder(files));
    const bad = [
      whole.subarray(0, 5),
      whole.subarray(0, -1),
      Buffer.concat([whole, Buffer.alloc(1)]),
      Buffer.from('MLFD0001\u0002\u0000\u0000\u0000{}', 'latin1'),
      Buffer.from('MLFD0001\u0001\u0000\u0000\u0000{', 'latin1'),
      Buffer.from('nothing of the kind'),
    ];
    for (const bytes of bad)
      assert.throws(() => decodeFolder(bytes), { reason: 'ARTIFACT_CORRUPT' });
  });
});
