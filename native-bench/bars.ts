/** What a figure has to reach. */
export interface Bar {
  readonly key: string;
  /** What the figure is, for people. */
  readonly says: string;
  readonly direction: 'least' | 'below';
  readonly value: number;
}

/** All figures that have a bar, in the order in which they are reported. */
export const bars: readonly Bar[] = [
  {
    key: 'pool_over_raw',
    says: 'rows/s of the 256-1024-1024-512-1 MLP at batch 32 through one worker over a raw call on the same thread',
    direction: 'least',
    value: 0.8,
  },
  {
    key: 'worker_hop_p50_us',
    says: 'what a worker adds to the p50 of one call of a small model on cores that are awake, in microseconds',
    direction: 'below',
    value: 100,
  },
  {
    key: 'infer_over_echo',
    says: 'rate of V2 ModelInfer of a small model over that of a bare grpc-js echo of the same messages, 32 in flight',
    direction: 'least',
    value: 0.8,
  },
  {
    key: 'large_over_stock',
    says: 'rate of 602 KB tensors with 8 in flight over that of a grpc-js server as it ships, same client',
    direction: 'least',
    value: 1.3,
  },
];

/** What became of a bar. */
export type Verdict = 'pass' | 'miss' | 'not stated';

/** Says whether a figure reaches its bar. */
export function verdictOf({ direction, value }: Bar, figure: number | undefined): Verdict {
  if (figure === undefined || !Number.isFinite(figure)) return 'not stated';
  return (direction === 'least' ? figure >= value : figure < value) ? 'pass' : 'miss';
}
