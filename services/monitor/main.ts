import { runService } from '../shared/platform/process/run-service.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { composeMonitor } from './compose-monitor.ts';

await runService({ name: 'monitor', compose: (config) => composeMonitor(config, systemClock) });
