/** Virtual users that are free, and how many more may be made. */
export class UserPool<T> {
  readonly #make: () => T;
  readonly #max: number;
  readonly #free: T[] = [];
  #count = 0;
  #isGrowing = false;

  /** Makes the pre-allocated users at once. */
  constructor(make: () => T, preAllocated: number, max: number) {
    this.#make = make;
    this.#max = max;
    for (let index = 0; index < preAllocated; index += 1) this.#add();
  }

  /** Users that are there, free or not. */
  get count(): number {
    return this.#count;
  }

  get busy(): number {
    return this.#count - this.#free.length;
  }

  /**
   * Takes a free user, the one that was used last: its connection is open already. Where none is free it gives nothing, and another one is made
   * beside the schedule while there may be more, as k6 does.
   */
  take(): T | undefined {
    const user = this.#free.pop();
    if (user === undefined) this.#grow();
    return user;
  }

  giveBack(user: T): void {
    this.#free.push(user);
  }

  #grow(): void {
    if (this.#isGrowing || this.#count >= this.#max) return;
    this.#isGrowing = true;
    setImmediate(() => {
      this.#isGrowing = false;
      this.#add();
    });
  }

  #add(): void {
    this.#free.push(this.#make());
    this.#count += 1;
  }
}
