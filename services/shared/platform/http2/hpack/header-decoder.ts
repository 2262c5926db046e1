import { ConnectionFault, errorCodes } from '../errors.ts';
import { type HeaderKind, HeaderList, headerKindOf, headerKinds } from '../header-list.ts';
import { decodeHuffman } from './huffman.ts';
import { staticTable } from './static-table.ts';

/** What a peer may have us remember: what HTTP/2 gives without being asked. */
const tableBytesMax = 4_096;
/** What a field in the table counts for beside its text. */
const fieldBytes = 32;
const slots = tableBytesMax / fieldBytes;
/** Longer strings than a block may have are not met; Huffman codes of n bytes are 8n / 5 bytes at most. */
const integerMax = 2 ** 24;

const none = Buffer.alloc(0);
/** Texts are decoded here: what was decoded is copied out at once. */
const scratch = Buffer.allocUnsafeSlow(4_096);
const staticNames = staticTable.map(({ name }) => name);
const staticValues = staticTable.map(({ value }) => value);
const staticKinds = staticTable.map(({ name }) => headerKindOf(name));

/** Headers of one block at most: more are decoded, so that the table stays right, and not kept. */
export interface HeaderLimits {
  readonly count: number;
  /** As SETTINGS_MAX_HEADER_LIST_SIZE counts. */
  readonly bytes: number;
}

/**
 * Decodes the header blocks of one connection, in the order that they came.
 * @source RFC 7541
 */
export class HeaderDecoder {
  readonly #limits: HeaderLimits;
  // A ring: the newest field is at `#newest`, the one before it one lower.
  readonly #names: string[] = new Array<string>(slots).fill('');
  readonly #values: string[] = new Array<string>(slots).fill('');
  readonly #kinds = new Uint8Array(slots);
  #newest = 0;
  #count = 0;
  #sizeBytes = 0;
  #sizeMax = tableBytesMax;
  #bytes: Buffer = none;
  #at = 0;
  #end = 0;
  /** Of the text that was read last: whether no header may have it as its value. */
  #isWrongValue = false;

  constructor(limits: HeaderLimits) {
    this.#limits = limits;
  }

  /**
   * Decodes one block.
   * @returns what came; undefined where it is more than the limits allow
   * @throws {ConnectionFault} COMPRESSION_ERROR where it is no HPACK: nothing that follows could be read
   */
  decode(bytes: Buffer, start: number, end: number): HeaderList | undefined {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    const list = new HeaderList();
    let isTooMuch = false;
    let mayResize = true;
    while (this.#at < this.#end) {
      const first = bytes[this.#at] ?? 0;
      if ((first & 0xe0) === 0x20) {
        if (!mayResize) throw wrong('a change of the table amid headers');
        this.#resize(this.#integer(5));
        continue;
      }
      mayResize = false;
      const kept = isTooMuch ? undefined : list;
      if (first >= 0x80) this.#takeIndexed(kept);
      else this.#takeLiteral(first, kept);
      isTooMuch ||= list.length > this.#limits.count || list.sizeBytes > this.#limits.bytes;
    }
    this.#bytes = none;
    return isTooMuch ? undefined : list;
  }

  #takeIndexed(list: HeaderList | undefined): void {
    const index = this.#integer(7);
    if (index > 0 && index <= staticNames.length) {
      list?.add(
        staticNames[index - 1] ?? '',
        staticValues[index - 1] ?? '',
        staticKinds[index - 1] ?? headerKinds.wrong,
      );
      return;
    }
    const slot = this.#slotOf(index);
    const kind = this.#kinds[slot] as HeaderKind;
    list?.add(this.#names[slot] ?? '', this.#values[slot] ?? '', kind);
  }

  #takeLiteral(first: number, list: HeaderList | undefined): void {
    const isKept = first >= 0x40;
    const index = this.#integer(isKept ? 6 : 4);
    let name: string;
    let kind: HeaderKind;
    if (index === 0) {
      name = this.#text();
      kind = headerKindOf(name);
    } else if (index <= staticNames.length) {
      name = staticNames[index - 1] ?? '';
      kind = staticKinds[index - 1] ?? headerKinds.wrong;
    } else {
      const slot = this.#slotOf(index);
      name = this.#names[slot] ?? '';
      const stored = this.#kinds[slot] as HeaderKind;
      // A wrong value made its field wrong, not the name.
      kind = stored === headerKinds.wrong ? headerKindOf(name) : stored;
    }
    const value = this.#text();
    if (this.#isWrongValue) kind = headerKinds.wrong;
    if (isKept) this.#keep(name, value, kind);
    list?.add(name, value, kind);
  }

  #slotOf(index: number): number {
    const back = index - staticNames.length - 1;
    if (index === 0 || back >= this.#count) throw wrong(`no field has the index ${index}`);
    return (this.#newest - back + slots) % slots;
  }

  #keep(name: string, value: string, kind: HeaderKind): void {
    const bytes = name.length + value.length + fieldBytes;
    this.#evict(this.#sizeMax - bytes);
    if (bytes > this.#sizeMax) return; // it has emptied the table
    this.#newest = (this.#newest + 1) % slots;
    this.#names[this.#newest] = name;
    this.#values[this.#newest] = value;
    this.#kinds[this.#newest] = kind;
    this.#count += 1;
    this.#sizeBytes += bytes;
  }

  #resize(bytes: number): void {
    if (bytes > tableBytesMax) throw wrong(`a table of ${bytes} bytes, ${tableBytesMax} at most`);
    this.#sizeMax = bytes;
    this.#evict(bytes);
  }

  /** Lets the oldest go until no more than so many bytes are there. */
  #evict(bytesMax: number): void {
    while (this.#count > 0 && this.#sizeBytes > bytesMax) {
      const oldest = (this.#newest - this.#count + 1 + slots) % slots;
      this.#sizeBytes -=
        (this.#names[oldest] ?? '').length + (this.#values[oldest] ?? '').length + fieldBytes;
      this.#names[oldest] = '';
      this.#values[oldest] = '';
      this.#count -= 1;
    }
  }

  #integer(bits: number): number {
    const most = 2 ** bits - 1;
    let value = this.#next() & most;
    if (value < most) return value;
    for (let shift = 1; ; shift *= 128) {
      const given = this.#next();
      value += (given & 0x7f) * shift;
      if (value > integerMax) throw wrong('a number that is too large');
      if (given < 0x80) return value;
      if (shift > integerMax) throw wrong('a number that does not end');
    }
  }

  #next(): number {
    if (this.#at >= this.#end) throw wrong('a block that ends amid a field');
    const given = this.#bytes[this.#at] ?? 0;
    this.#at += 1;
    return given;
  }

  #text(): string {
    const isHuffman = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw wrong('a block that ends amid a text');
    this.#at = end;
    if (!isHuffman) {
      this.#isWrongValue = hasControls(this.#bytes, start, end);
      return this.#bytes.toString('latin1', start, end);
    }
    const room = length * 2 > scratch.length ? Buffer.allocUnsafeSlow(length * 2) : scratch;
    const bytes = decodeHuffman(this.#bytes, { start, end }, room);
    if (bytes < 0) throw wrong('a text that is no Huffman code');
    this.#isWrongValue = hasControls(room, 0, bytes);
    return room.toString('latin1', 0, bytes);
  }
}

/** Says whether there is a byte that no value of a header may have. */
function hasControls(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const given = bytes[at] ?? 0;
    if ((given < 0x20 && given !== 0x09) || given === 0x7f) return true;
  }
  return false;
}

function wrong(what: string): ConnectionFault {
  return new ConnectionFault(errorCodes.compressionError, `HPACK: ${what}`);
}
