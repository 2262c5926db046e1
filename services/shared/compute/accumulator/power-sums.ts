import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Contribution, GroupAccumulator } from './accumulator.ts';
import { FloatSum } from './float-sum.ts';

/** Count and exact sums of the first powers of doubles: what sum, mean, variance, skew and kurtosis are made from. */
export class PowerSums implements GroupAccumulator {
  count = 0;
  /** Sum of x, x^2, ... up to the degree. */
  readonly sums: readonly FloatSum[];

  /** `degree`: 1 to 4. */
  constructor(degree: number) {
    this.sums = Array.from({ length: degree }, (_, index) => new FloatSum(index + 1));
  }

  add({ x }: Contribution): void {
    this.count += 1;
    this.#add(x, 1);
  }

  remove({ x }: Contribution): void {
    this.count -= 1;
    this.#add(x, -1);
  }

  merge(other: PowerSums): void {
    this.count += other.count;
    this.sums.forEach((sum, index) => {
      const added = other.sums[index];
      if (added !== undefined) sum.merge(added);
    });
  }

  encode(into: ByteWriter): void {
    into.unsigned(this.count);
    for (const sum of this.sums) sum.encode(into);
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader, degree: number): PowerSums {
    const decoded = new PowerSums(degree);
    decoded.count = from.unsigned();
    for (const sum of decoded.sums) sum.merge(FloatSum.decode(from, sum.degree));
    return decoded;
  }

  #add(x: number, sign: 1 | -1): void {
    const [first, second, third, fourth] = this.sums;
    first?.add(sign * x);
    second?.addProduct(x, x, sign);
    third?.addPower([x, x, x], sign);
    fourth?.addPower([x, x, x, x], sign);
  }
}
