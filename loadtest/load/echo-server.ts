import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** What the parent tells the echo server: which method it stands for and what it answers. */
export interface EchoOrder {
  /** Folder of the contract. */
  readonly protoRoot: string;
  /** Path of the service's file in it. */
  readonly protoFile: string;
  /** Full name, such as mlmesh.router.v1.RouterService. */
  readonly service: string;
  /** Name in the contract, such as Predict. */
  readonly method: string;
  /** The encoded answer, in base64. */
  readonly answer: string;
  /** Wait on a timer before the answer, in ms; 0 for none. */
  readonly delayMs: number;
}

/** A bare grpc-js server: it decodes a request and encodes the answer, and does nothing between. */
function startEcho(order: EchoOrder): void {
  const { protoRoot, protoFile, service, method, answer, delayMs } = order;
  const loaded = loadSync(protoFile, {
    includeDirs: [protoRoot],
    keepCase: false,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })[service];
  if (loaded === undefined || 'format' in loaded) throw new Error(`no ${service} in the contract`);
  const definition = loaded[method];
  if (definition === undefined) throw new Error(`no method ${method} in ${service}`);
  const message = definition.responseDeserialize(Buffer.from(answer, 'base64'));
  const server = new Server({ 'grpc.enable_channelz': 0 });
  server.addService(
    { [method]: definition },
    {
      [method](_call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>) {
        if (delayMs === 0) reply(null, message);
        else setTimeout(reply, delayMs, null, message);
      },
    },
  );
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    process.send?.(error ? { error: String(error) } : { port });
  });
}

process.on('message', startEcho);
process.on('disconnect', () => process.exit(0));
