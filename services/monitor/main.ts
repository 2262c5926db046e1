import { lowerPriority } from '../shared/platform/process/lower-priority.ts';
import { runService } from '../shared/platform/process/run-service.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { composeMonitor } from './compose-monitor.ts';

// No caller waits for the monitor: on a machine that is too small for all, answers come first.
lowerPriority('process');

await runService({ name: 'monitor', compose: (config) => composeMonitor(config, systemClock) });
