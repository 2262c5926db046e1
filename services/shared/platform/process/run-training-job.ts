import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { MeshError } from '../../kernel/mesh-error.ts';
import {
  parseTrainingMessage,
  type TrainingJobConfig,
  type TrainingMessage,
  trainingJobVariable,
} from './training-job.ts';

/** How far a training job is. */
export type TrainingProgress = Extract<TrainingMessage, { kind: 'progress' }>;
/** What a training job registered and moved, or what came of making a version again. */
export type TrainingResult = Extract<TrainingMessage, { kind: 'finished' | 'reproduced' }>;

/** A training job to run in a process of its own. */
export interface TrainingRun {
  /** Absolute path of the compiled module: dist/services/training/main.js. */
  readonly modulePath: string;
  readonly config: TrainingJobConfig;
  /** The output of the process is appended here. */
  readonly logPath: string;
  readonly onProgress: (progress: TrainingProgress) => void;
}

// 5 s: a job looks at its signal after each few batches; one that does not end by then hangs.
const endMsMax = 5_000;

/**
 * Runs a training job and gives what it registered. When `signal` aborts, the job is ended and the promise rejects once its
 * process is gone.
 * @throws {MeshError} the job's own error; INTERNAL / SERVICE_CRASHED when the process ended without saying why
 * @throws the reason of `signal` when it aborts
 */
export async function runTrainingJob(
  { modulePath, config, logPath, onProgress }: TrainingRun,
  signal: AbortSignal,
): Promise<TrainingResult> {
  signal.throwIfAborted();
  const log = openSync(logPath, 'a');
  const child = spawn(process.execPath, ['--enable-source-maps', modulePath], {
    env: { ...process.env, [trainingJobVariable]: JSON.stringify(config) },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  let last: Exclude<TrainingMessage, TrainingProgress> | undefined;
  child.on('message', (value) => {
    const message = parseTrainingMessage(value);
    if (message?.kind === 'progress') onProgress(message);
    else if (message !== undefined) last = message;
  });
  let overdue: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    overdue = setTimeout(() => child.kill('SIGKILL'), endMsMax);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    const how = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, name) => resolve(name ?? `exit status ${status}`));
    });
    signal.throwIfAborted();
    if (last?.kind === 'finished' || last?.kind === 'reproduced') return last;
    throw last === undefined ? crashed(how, logPath) : new MeshError(last);
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(overdue);
  }
}

function crashed(how: string, logPath: string): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'SERVICE_CRASHED',
    message: `the training ended with ${how} without a result; its output is in ${logPath}`,
  });
}
