import { entityKey } from '../../shared/compute/plan.ts';
import { nullCode, type TextColumn } from './event-table.ts';
import { keyCheck } from './record-columns.ts';

/** Texts that have a code: two codes make a number below 2^30, which needs no memory of its own. */
const textsMax = 2 ** 15;

/** Entities that are remembered: as many states that the table has let go of may stay in memory through them. */
const handlesMax = 2 ** 14;

/** Key columns whose codes one number holds exactly: 3 x 15 of its 53 bits. */
const columnsMax = 3;

/** Composite of an event that a part of the key is missing of. */
const noComposite = -1;

/**
 * Finds what the events of a table insert into, by the codes of their keys: batch after batch is about the same entities,
 * and a text for each event would cost more than the rest.
 */
export class EntityHandles<T> {
  readonly #make: (key: string) => T;
  readonly #codes = new Map<string, number>();
  readonly #handles = new Map<number, T>();

  /** `make` gives the handle of an entity that has none. */
  constructor(make: (key: string) => T) {
    this.#make = make;
  }

  /** Gives the handle of each of `rows` events, by their key columns, in the order of the key; undefined where one is null. */
  of(keys: readonly TextColumn[], rows: number): readonly (T | undefined)[] {
    const texts = keys.reduce((sum, { dictionary }) => sum + dictionary.length, 0);
    if (keys.length > columnsMax || texts > textsMax) return this.#byTexts(keys, rows);
    // Codes stay the same within a batch.
    if (this.#codes.size + texts > textsMax || this.#handles.size > handlesMax) this.clear();
    const composites = this.#composites(keys, rows);
    const handles: (T | undefined)[] = [];
    for (let row = 0; row < rows; row += 1) {
      const composite = composites[row] ?? noComposite;
      if (composite === noComposite) {
        handles.push(undefined);
        continue;
      }
      let handle = this.#handles.get(composite);
      if (handle === undefined) {
        handle = this.#make(keyAt(keys, row));
        this.#handles.set(composite, handle);
      }
      handles.push(handle);
    }
    return handles;
  }

  /** Forgets all: a handle keeps the state of its entity in memory. */
  clear(): void {
    this.#codes.clear();
    this.#handles.clear();
  }

  #composites(keys: readonly TextColumn[], rows: number): Float64Array {
    const composites = new Float64Array(rows);
    for (const { dictionary, codes } of keys) {
      const translation = Uint32Array.from(dictionary, (text) => this.#code(text));
      for (let row = 0; row < rows; row += 1) {
        const code = codes[row] ?? nullCode;
        const prefix = composites[row] ?? noComposite;
        const hasKey = code !== nullCode && prefix !== noComposite;
        composites[row] = hasKey ? prefix * textsMax + (translation[code] ?? 0) : noComposite;
      }
    }
    return composites;
  }

  #byTexts(keys: readonly TextColumn[], rows: number): readonly (T | undefined)[] {
    const known = new Map<string, T>();
    const hasKey = keyCheck(keys);
    return Array.from({ length: rows }, (_, row) => {
      if (!hasKey(row)) return undefined;
      const key = keyAt(keys, row);
      const handle = known.get(key) ?? this.#make(key);
      known.set(key, handle);
      return handle;
    });
  }

  #code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, this.#codes.size);
    return this.#codes.size - 1;
  }
}

function keyAt(keys: readonly TextColumn[], row: number): string {
  return entityKey(keys.map(({ dictionary, codes }) => dictionary[codes[row] ?? 0] ?? ''));
}
