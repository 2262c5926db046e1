/**
 * Answers each request of a stream, several at once, and gives the answers in the order in which they are ready. Reading stops while
 * `underWayMax` are under way, so that the caller waits instead of this process growing. `answer` must not reject.
 */
export async function* answerEach<Request, Response>(
  requests: AsyncIterable<Request>,
  answer: (request: Request) => Promise<Response>,
  underWayMax: number,
): AsyncGenerator<Response> {
  const ready: Response[] = [];
  let underWay = 0;
  let hasEnded = false;
  let wakeReader = () => {};
  let wakeWriter = () => {};
  const settle = (response: Response) => {
    underWay -= 1;
    ready.push(response);
    wakeReader();
    wakeWriter();
  };
  const reading = (async () => {
    for await (const request of requests) {
      underWay += 1;
      void answer(request).then(settle);
      while (underWay >= underWayMax) await new Promise<void>((resolve) => (wakeReader = resolve));
    }
  })().finally(() => {
    hasEnded = true;
    wakeWriter();
  });
  while (!hasEnded || underWay > 0 || ready.length > 0) {
    yield* ready.splice(0);
    if (ready.length === 0 && (!hasEnded || underWay > 0)) {
      await new Promise<void>((resolve) => (wakeWriter = resolve));
    }
  }
  await reading;
}
