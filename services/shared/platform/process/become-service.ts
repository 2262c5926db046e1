import { type ServiceConfig, serviceConfigVariable } from './service-config.ts';

/**
 * Runs a service in this process from now on: what listened to signals before no longer does, and the service ends the process. Resolves once the service is
 * ready; a signal that comes before it listens ends the process at once, as nothing has begun.
 * @param main its module `main.js`
 */
export async function becomeService(config: ServiceConfig, main: URL): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
  // The log of a service may lose its reader; a command ends then.
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error');
  process.env[serviceConfigVariable] = JSON.stringify(config);
  await import(main.href);
}
