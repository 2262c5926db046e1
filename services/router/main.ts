import { runService } from '../shared/platform/process/run-service.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { composeRouter } from './compose-router.ts';

await runService({ name: 'router', compose: (config) => composeRouter(config, systemClock) });
