import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type RecordPage, RecordPages } from './record-pages.ts';

const options = { recordsMax: 8, bytesMax: 100, pageRecordsMax: 3, pageBytes: 16 };
const record = (bytes: number, value: number): Buffer => Buffer.alloc(bytes, value);
const bytesOf = ({ memory, length }: RecordPage): Buffer => Buffer.from(memory.subarray(0, length));

describe('RecordPages', () => {
  it('gives records back in order, in pages of so many records and bytes', () => {
    const pages = new RecordPages(options);
    for (const value of [1, 2, 3, 4]) assert.ok(pages.add(record(4, value)));
    assert.ok(pages.add(record(14, 5)));
    assert.equal(pages.records, 5);
    const taken = [pages.take(8), pages.take(8), pages.take(8)];
    assert.deepEqual(
      taken.map((page) => page && [page.records, bytesOf(page).toString('hex')]),
      [
        [3, '01010101'.concat('02020202', '03030303')],
        [1, '04040404'],
        [1, '05'.repeat(14)],
      ],
    );
    assert.equal(pages.records, 0);
    assert.equal(pages.take(8), undefined);
  });

  it('takes no page of more records than are wanted', () => {
    const pages = new RecordPages(options);
    for (const value of [1, 2, 3]) pages.add(record(1, value));
    assert.equal(pages.take(2), undefined);
    assert.equal(pages.take(3)?.records, 3);
  });

  it('refuses what is more than it may hold, and takes it when there is room again', () => {
    const many = new RecordPages(options);
    for (let at = 0; at < 8; at += 1) assert.ok(many.add(record(1, at)));
    assert.equal(many.add(record(1, 8)), false);
    many.take(8);
    assert.ok(many.add(record(1, 8)));
    const large = new RecordPages(options);
    assert.ok(large.add(record(60, 1)));
    assert.equal(large.add(record(41, 2)), false);
    assert.ok(large.add(record(40, 2)));
    assert.deepEqual(large.take(8)?.length, 60);
  });

  it('writes over the memory of a page that was given back, and of none other', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { maxLength: 60 }), (steps) => {
        const pages = new RecordPages({ ...options, recordsMax: 1_000, bytesMax: 10_000 });
        const held: Held[] = [];
        const actions = [
          (at: number) => void pages.add(record(1 + (at % 20), at)),
          () => void held.push(...heldOf(pages.take(3))),
          () => {
            for (const { page } of held.splice(0, 1)) pages.reuse(page);
          },
        ];
        for (const [at, step] of steps.entries()) {
          actions[step]?.(at);
          assert.ok(held.every(({ page, was }) => bytesOf(page).equals(was)));
        }
      }),
    );
  });
});

interface Held {
  readonly page: RecordPage;
  readonly was: Buffer;
}

function heldOf(page: RecordPage | undefined): readonly Held[] {
  return page === undefined ? [] : [{ page, was: bytesOf(page) }];
}
