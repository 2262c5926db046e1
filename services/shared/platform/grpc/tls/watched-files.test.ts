import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { WatchedFiles, type WatchNotice } from './watched-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-watched-'));
const path = join(folder, 'list.txt');

after(() => rmSync(folder, { recursive: true }));

/** Takes any text but "bad". `onParse` is called amid each look. */
function watch(onParse: (text: string) => void = () => undefined) {
  const notices: WatchNotice[] = [];
  const watched = new WatchedFiles({
    paths: [path],
    parse: ([file]) => {
      const text = String(file);
      onParse(text);
      if (text === 'bad') throw new Error('wanted another text, got "bad"');
      return text;
    },
    onNotice: (notice) => void notices.push(notice),
  });
  return { watched, notices };
}

describe('WatchedFiles', () => {
  it('sees what was written before a look was asked for, also amid another look', async () => {
    writeFileSync(path, 'one');
    let second: Promise<void> | undefined;
    const { watched, notices } = watch((text) => {
      if (text !== 'two' || second !== undefined) return;
      writeFileSync(path, 'three');
      second = watched.look();
    });
    using _ = watched;
    writeFileSync(path, 'two');
    await watched.look();
    await second;
    assert.equal(watched.current, 'three');
    assert.equal(notices.length, 2);
  });

  it('keeps what it has when the files are refused, says so once, and again after they were right', async () => {
    writeFileSync(path, 'one');
    const { watched, notices } = watch();
    using _ = watched;
    const write = async (text: string) => {
      writeFileSync(path, text);
      await watched.look();
    };
    await write('bad');
    await watched.look();
    assert.equal(watched.current, 'one');
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      ['refused'],
    );
    await write('one');
    await write('bad');
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      ['refused', 'refused'],
    );
  });
});
