import { runService } from '../shared/platform/process/run-service.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { composeFeature } from './compose-feature.ts';

await runService({ name: 'feature', compose: (config) => composeFeature(config, systemClock) });
