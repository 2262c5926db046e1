import { Supervisor } from '../../services/shared/platform/process/supervisor.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { fakeService } from './fake-mesh.ts';

// A process that supervises two fake services until it is killed: `fake-supervisor.js <folder>`.
const folder = process.argv[2] ?? '';
const supervisor = new Supervisor({
  services: [fakeService(folder, 'registry'), fakeService(folder, 'router')],
  clock: systemClock,
  onNotice: () => undefined,
});
await supervisor.start(new AbortController().signal);
process.stdout.write('ready\n');
