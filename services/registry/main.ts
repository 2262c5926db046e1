import { runService } from '../shared/platform/process/run-service.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { composeRegistry } from './compose-registry.ts';

await runService({ name: 'registry', compose: (config) => composeRegistry(config, systemClock) });
