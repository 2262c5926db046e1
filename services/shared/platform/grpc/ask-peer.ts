import { MeshError } from '../../kernel/mesh-error.ts';
import type { RetryBudget } from '../../policy/retry-budget.ts';
import { type Cancellable, callUnary, type OutgoingCall, startUnary } from './client-calls.ts';
import type { Peer, PeerSet } from './peer-set.ts';

/** What a call may use besides the peer that it asks. */
export interface OtherPeers {
  readonly peers: PeerSet;
  /** A second peer costs a retry. */
  readonly budget: RetryBudget;
}

// What a caller gives less time than that says nothing about a peer, and another one could not answer in the rest.
const waitMsMin = 10;
const timerMsMax = 2 ** 31 - 1; // setTimeout takes no more

/**
 * Asks a peer, and tells the set of peers how it went. When half of the time is over without an answer and the method is idempotent, another peer is
 * asked as well, and whichever answers first counts: so a peer that hangs costs half of the deadline and not the call. Where there is one peer
 * it is only asked.
 */
export function askPeer(
  others: OtherPeers,
  peer: Peer,
  call: OutgoingCall,
  request: object,
): Promise<object> {
  if (others.peers.size === 1) return callUnary(peer.channel, call, request);
  return new Promise((resolve, reject) => {
    new WatchedCall(others, call, request, (error, answer) => {
      if (answer !== undefined) resolve(answer);
      else reject(error);
    }).start(peer);
  });
}

/** A call that is under way at one peer, or at two. */
class WatchedCall {
  readonly #others: OtherPeers;
  readonly #call: OutgoingCall;
  readonly #request: object;
  readonly #onOutcome: (error: unknown, answer: object | undefined) => void;
  readonly #underWay = new Map<Peer, Cancellable>();
  #timer: NodeJS.Timeout | undefined;
  /** The peer that let half of the time pass; that is told already. */
  #late: Peer | undefined;
  #isOver = false;

  constructor(
    others: OtherPeers,
    call: OutgoingCall,
    request: object,
    onOutcome: (error: unknown, answer: object | undefined) => void,
  ) {
    this.#others = others;
    this.#call = call;
    this.#request = request;
    this.#onOutcome = onOutcome;
  }

  start(peer: Peer): void {
    const { deadline, clock } = this.#call;
    const waitMs = (deadline - clock.monotonic()) / 2;
    this.#ask(peer);
    if (waitMs < waitMsMin || waitMs > timerMsMax) return;
    this.#timer = setTimeout(() => this.#onLate(peer), waitMs);
  }

  #ask(peer: Peer): void {
    const sent = startUnary(peer.channel, this.#call, this.#request, (error, answer) =>
      this.#onAnswer(peer, error, answer),
    );
    this.#underWay.set(peer, sent);
  }

  #onLate(peer: Peer): void {
    const { peers, budget } = this.#others;
    this.#late = peer;
    peers.failed(peer);
    if (!this.#call.method.isIdempotent) return;
    const second = peers.pick(peer);
    if (second !== undefined && second !== peer && budget.withdraw()) this.#ask(second);
  }

  #onAnswer(peer: Peer, error: unknown, answer: object | undefined): void {
    if (this.#isOver) return;
    this.#underWay.delete(peer);
    if (peer !== this.#late) this.#tell(peer, error);
    if (answer === undefined && this.#underWay.size > 0 && error instanceof MeshError) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const sent of this.#underWay.values()) sent.cancel();
    this.#onOutcome(error, answer);
  }

  #tell(peer: Peer, error: unknown): void {
    const { peers } = this.#others;
    if (error === undefined) peers.answered(peer);
    // The reason of the caller's own signal, or a deadline that was too short: they say nothing about a peer.
    else if (!(error instanceof MeshError) || error.code === 'DEADLINE_EXCEEDED') return;
    else if (error.code === 'UNAVAILABLE') peers.failed(peer);
    else peers.answered(peer);
  }
}
