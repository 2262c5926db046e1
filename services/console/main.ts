import { runService } from '../shared/platform/process/run-service.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { composeConsole } from './compose-console.ts';

await runService({ name: 'console', compose: (config) => composeConsole(config, systemClock) });
