import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Contribution, GroupAccumulator } from './accumulator.ts';
import { FloatSum } from './float-sum.ts';

/** Count and exact sums over pairs of doubles: what covariance and correlation are made from. */
export class CrossSums implements GroupAccumulator {
  count = 0;
  readonly x = new FloatSum(1);
  readonly y = new FloatSum(1);
  readonly xx = new FloatSum(2);
  readonly xy = new FloatSum(2);
  readonly yy = new FloatSum(2);

  add({ x, y }: Contribution): void {
    this.count += 1;
    this.#add(x, y, 1);
  }

  remove({ x, y }: Contribution): void {
    this.count -= 1;
    this.#add(x, y, -1);
  }

  merge(other: CrossSums): void {
    this.count += other.count;
    this.x.merge(other.x);
    this.y.merge(other.y);
    this.xx.merge(other.xx);
    this.xy.merge(other.xy);
    this.yy.merge(other.yy);
  }

  encode(into: ByteWriter): void {
    into.unsigned(this.count);
    for (const sum of this.#sums()) sum.encode(into);
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader): CrossSums {
    const decoded = new CrossSums();
    decoded.count = from.unsigned();
    for (const sum of decoded.#sums()) sum.merge(FloatSum.decode(from, sum.degree));
    return decoded;
  }

  #sums(): readonly FloatSum[] {
    return [this.x, this.y, this.xx, this.xy, this.yy];
  }

  #add(x: number, y: number, sign: 1 | -1): void {
    this.x.add(sign * x);
    this.y.add(sign * y);
    this.xx.addProduct(x, x, sign);
    this.xy.addProduct(x, y, sign);
    this.yy.addProduct(y, y, sign);
  }
}
