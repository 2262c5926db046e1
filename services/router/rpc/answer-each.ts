/**
 * Answers each request of a stream, several at once, and gives the answers in the order in which they are ready. Reading stops while
 * `openMax` are under way or not yet taken, so that the caller waits instead of this process growing. When the requests or an answer fail,
 * nothing more is read, what is under way is still answered, and then the stream fails with the first of these errors. Whoever stops
 * taking answers stops the requests.
 */
export async function* answerEach<Request, Response>(
  requests: AsyncIterable<Request>,
  answer: (request: Request) => Promise<Response>,
  openMax: number,
): AsyncGenerator<Response> {
  const reading = new Reading<Request, Response>(requests[Symbol.asyncIterator](), answer, openMax);
  try {
    void reading.run();
    while (!reading.isOver) {
      for (const response of reading.takeReady()) {
        yield response;
        reading.taken();
      }
      await reading.change();
    }
  } finally {
    reading.stop();
  }
  if (reading.failure !== undefined) throw reading.failure.error;
}

/** Reads requests and keeps their answers until they are taken. Nothing in it rejects: what fails is kept until all is answered. */
class Reading<Request, Response> {
  readonly #requests: AsyncIterator<Request>;
  readonly #answer: (request: Request) => Promise<Response>;
  readonly #openMax: number;
  #ready: Response[] = [];
  /** Requests that were read and whose answers nobody has taken. */
  #open = 0;
  #hasEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #wakeReader = () => {};
  #wakeWriter = () => {};

  constructor(
    requests: AsyncIterator<Request>,
    answer: (request: Request) => Promise<Response>,
    openMax: number,
  ) {
    this.#requests = requests;
    this.#answer = answer;
    this.#openMax = openMax;
  }

  /** Whether all that was read is answered and taken, and nothing more comes. */
  get isOver(): boolean {
    return this.#hasEnded && this.#open === 0;
  }

  /** The first error of the requests or of an answer. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  async run(): Promise<void> {
    try {
      while (!this.#hasEnded) {
        const { done, value } = await this.#requests.next();
        if (done === true) break;
        if (!this.#hasEnded) this.#begin(value);
        await this.#room();
      }
      this.#end();
    } catch (error) {
      this.#fail(error);
    }
  }

  takeReady(): readonly Response[] {
    return this.#ready.splice(0);
  }

  /** One of the answers that were given is out of the house. */
  taken(): void {
    this.#open -= 1;
    this.#wakeReader();
  }

  /** Resolves when there is an answer, or nothing more comes. */
  async change(): Promise<void> {
    if (this.#ready.length > 0 || this.isOver) return;
    await new Promise<void>((resolve) => (this.#wakeWriter = resolve));
  }

  /** Stops the requests, unless they have ended by themselves. */
  stop(): void {
    if (this.#hasEnded) return;
    this.#end();
    void this.#close();
  }

  #begin(request: Request): void {
    const answered = this.#answer(request);
    this.#open += 1;
    answered.then(
      (response) => {
        this.#ready.push(response);
        this.#wakeWriter();
      },
      (error: unknown) => {
        this.#open -= 1;
        const wasReading = !this.#hasEnded;
        this.#fail(error);
        if (wasReading) void this.#close();
      },
    );
  }

  async #room(): Promise<void> {
    while (this.#open >= this.#openMax && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#end();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#wakeReader();
    this.#wakeWriter();
  }

  /** Tells whoever makes the requests that no more are wanted; one that waits for its own next request hears of it after that. */
  async #close(): Promise<void> {
    try {
      await this.#requests.return?.();
    } catch (error) {
      this.#failure ??= { error };
    }
  }
}
