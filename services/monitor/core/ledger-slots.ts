import { hexDigitOf, sequenceDigits } from '../../shared/kernel/prediction-id.ts';

/** The lower seven digits of a sequence fit into a small whole number. */
const lowDigits = 7;
const lowRange = 16 ** lowDigits;

/** Ids of one router, or an id that no router made. */
interface IdHead {
  readonly head: string;
  /** Slot by sequence. */
  readonly slots: Map<number, number>;
}

/**
 * Gives each of the last ids a slot, a small whole number; the oldest id leaves where there are too many, and its slot is the next one's. Ids are kept as numbers by router: as
 * texts they would be hashed again with each look-up, and moved by the collector one by one.
 */
export class LedgerSlots {
  readonly #slotsMax: number;
  readonly #heads = new Map<string, IdHead>();
  /** The one that was asked for last: as a rule that of the next as well. */
  #last: IdHead | undefined;
  readonly #headOf: IdHead[] = [];
  readonly #sequenceOf: number[] = [];
  /** Slots are taken in turn, so the oldest id has the one that is next. */
  #next = 0;

  constructor(slotsMax: number) {
    this.#slotsMax = slotsMax;
  }

  /** Gives the slot of an id; undefined where it has none. */
  find(id: string): number | undefined {
    const sequence = sequenceOf(id);
    return this.#find(id, sequence)?.slots.get(sequence);
  }

  /** Gives an id that has none a slot, after `onLeaving` was told which slot is another's no more. */
  take(id: string, onLeaving: (slot: number) => void): number {
    const slot = this.#next;
    this.#next = slot + 1 === this.#slotsMax ? 0 : slot + 1;
    if (slot < this.#headOf.length) {
      this.#remove(slot);
      onLeaving(slot);
    }
    const sequence = sequenceOf(id);
    const head = this.#find(id, sequence) ?? this.#add(headOf(id, sequence));
    head.slots.set(sequence, slot);
    this.#headOf[slot] = head;
    this.#sequenceOf[slot] = sequence;
    return slot;
  }

  #find(id: string, sequence: number): IdHead | undefined {
    const last = this.#last;
    const length = sequence < 0 ? id.length : id.length - sequenceDigits;
    if (last !== undefined && last.head.length === length && id.startsWith(last.head)) return last;
    const found = this.#heads.get(headOf(id, sequence));
    if (found !== undefined) this.#last = found;
    return found;
  }

  #add(head: string): IdHead {
    const added = { head, slots: new Map<number, number>() };
    this.#heads.set(head, added);
    this.#last = added;
    return added;
  }

  #remove(slot: number): void {
    const owner = this.#headOf[slot];
    owner?.slots.delete(this.#sequenceOf[slot] ?? -1);
    if (owner === undefined || owner.slots.size > 0) return;
    this.#heads.delete(owner.head);
    if (this.#last === owner) this.#last = undefined;
  }
}

function headOf(id: string, sequence: number): string {
  return sequence < 0 ? id : id.slice(0, -sequenceDigits);
}

/** Gives the sequence in an id; -1 for one that no router made. */
function sequenceOf(id: string): number {
  if (id.length < sequenceDigits) return -1;
  const low = hexAt(id, id.length - lowDigits, id.length);
  const high = hexAt(id, id.length - sequenceDigits, id.length - lowDigits);
  if (low < 0 || high < 0) return -1;
  return high === 0 ? low : high * lowRange + low;
}

/** Gives the number that lower-case hexadecimal digits of a text make, at most seven; -1 where there are others. */
function hexAt(text: string, from: number, until: number): number {
  let value = 0;
  for (let index = from; index < until; index += 1) {
    const digit = hexDigitOf(text.charCodeAt(index));
    if (Number.isNaN(digit)) return -1;
    value = (value << 4) | digit;
  }
  return value;
}
