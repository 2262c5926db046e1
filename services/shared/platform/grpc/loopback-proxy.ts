/** Hosts of this machine, as `no_proxy` names them. */
const loopbackHosts = ['localhost', '127.0.0.0/8', '::1'];

/**
 * Lets gRPC reach this machine without the proxy that an environment names, if it names any: grpc-js asks it for loopback as well. For channels that take no options, such as those
 * of OpenTelemetry's exporters; `openChannel` needs it not.
 * @param environment that of this process; gets `no_grpc_proxy`, which stands before `no_proxy` and so has what that says
 */
export function askNoProxyOnLoopback(environment: NodeJS.ProcessEnv): void {
  const named = environment['no_grpc_proxy'] || environment['no_proxy'] || '';
  const hosts = named.split(',').filter((host) => host !== '');
  const missing = loopbackHosts.filter((host) => !hosts.includes(host));
  environment['no_grpc_proxy'] = [...hosts, ...missing].join(',');
}
