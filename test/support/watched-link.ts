import type { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import {
  LinkStream,
  type LinkStreamOptions,
} from '../../services/shared/platform/grpc/link-stream.ts';
import { loadMethod } from '../../services/shared/platform/grpc/load-proto.ts';
import { oneLookup } from '../../services/shared/platform/grpc/one-lookup.ts';
import { eventually } from './eventually.ts';

/** The method that links are tested with. */
export const linkMethod = loadMethod('mlmesh.prediction.v1.PredictionService', 'infer');

/** Gives a frame of one batch. */
export const linkFrame = (batchId: number, bytes = 4) => ({
  batches: [{ batchId, model: 'm', rows: 1, features: Buffer.alloc(bytes) }],
});

/** Gives the answer to a frame of one batch. */
export const linkAnswer = (batchId: number, bytes = 4) => ({
  batches: [{ batchId, rows: { outputs: Buffer.alloc(bytes) } }],
});

/** What is looked at of a reply. */
export interface LinkReply {
  readonly batches: readonly {
    readonly batchId: number;
    readonly rows?: { readonly outputs: Buffer };
  }[];
}

/** A stream to a port, and what became of it. */
export class WatchedLink {
  readonly stream: LinkStream;
  readonly replies: LinkReply[] = [];
  readonly seen: string[] = [];
  error: MeshError | undefined;

  constructor(port: number, options: Partial<LinkStreamOptions> = {}) {
    this.stream = new LinkStream(
      {
        method: linkMethod,
        target: { host: '127.0.0.1', port },
        secure: undefined,
        lookup: oneLookup(),
        messageBytesMax: 4 * 1024 * 1024,
        ...options,
      },
      {
        onOpen: () => void this.seen.push('open'),
        onReply: (reply) => void this.replies.push(reply as LinkReply),
        onDraining: () => void this.seen.push('draining'),
        onOver: (error) => {
          this.error = error;
          this.seen.push(error === undefined ? 'ended' : 'failed');
        },
      },
    );
  }

  /** Waits until it has happened. */
  async until(what: string): Promise<void> {
    await eventually(`${what}, got ${this.seen.join(', ')}`, () => this.seen.includes(what));
  }
}
