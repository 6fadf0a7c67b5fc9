import type { ClientDuplexStream } from '@grpc/grpc-js';
import { type Message, type TestGrpc, testGrpc } from './test-grpc.ts';

/**
 * A worker of Hodei as the proto files tell to write one: it registers with a token, holds one stream,
 * acknowledges what it is given, runs it by a function of the test's, sends log and result, and stops
 * what it is told to stop.
 */
export interface GrpcWorker {
  workerId: string;
  sessionId: string;
  grpc: TestGrpc;
  /** Everything that came on the stream. */
  seen: Message[];
  send(message: Message): void;
  /** Waits for a message of that kind; each is given once. */
  next(kind: string): Promise<Message>;
  /** Hangs up, as a worker does whose machine is gone. */
  cancel(): void;
  end(): void;
}

/** How one job ends. */
export type RunProgram = (
  job: Message,
  cancelled: Promise<void>,
) => Promise<{ lines: string[]; exitCode: number; reason?: string }>;

export const workerInfo = (wallet: string, more: Message = {}): Message => ({
  name: 'hodei-worker',
  version: '8.0.0',
  architecture: 'x86_64',
  capacity: { cpu_cores: 4, memory_bytes: 8 * 1024 ** 3, disk_bytes: 50 * 1024 ** 3 },
  runtimes: ['docker'],
  max_concurrent_jobs: 2,
  wallet_address: wallet,
  ...more,
});

export async function startGrpcWorker(
  address: string,
  registration: { token?: string; info?: Message; sessionId?: string },
  run: RunProgram | null,
): Promise<GrpcWorker> {
  const anonymous = testGrpc(address, null);
  const registered = await anonymous.call('WorkerAgent/Register', {
    auth_token: registration.token ?? '',
    worker_info: registration.info ?? null,
    session_id: registration.sessionId ?? '',
  });
  anonymous.close();
  const sessionId = String(registered['session_id']);
  const workerId = String(registered['worker_id']);
  const grpc = testGrpc(address, sessionId);
  const stream = grpc.duplex('WorkerAgent/WorkerStream');
  const seen: Message[] = [];
  const wake = new Set<() => void>();
  const cancels = new Map<string, () => void>();
  stream.on('data', (message: Message) => {
    seen.push(message);
    for (const notify of wake) notify();
    const { run_job: job, cancel } = message;
    if (cancel) cancels.get(cancel.job_id ?? '')?.();
    if (job && run !== null) {
      const cancelled = new Promise<void>((resolve) => cancels.set(job.job_id ?? '', resolve));
      void runJob(stream, message, run(job, cancelled));
    }
  });
  // How the call ended is in what the test waits for.
  stream.on('error', () => undefined);
  stream.write({ message_id: 'hello', heartbeat: { status: 'WORKER_STATUS_READY' } });
  const given = new Set<Message>();
  return {
    workerId,
    sessionId,
    grpc,
    seen,
    send: (message) => stream.write(message),
    async next(kind) {
      for (;;) {
        const found = seen.find((message) => message.payload === kind && !given.has(message));
        if (found !== undefined) {
          given.add(found);
          return found;
        }
        await new Promise<void>((resolve) => {
          const notify = () => {
            wake.delete(notify);
            resolve();
          };
          wake.add(notify);
        });
      }
    },
    cancel() {
      stream.cancel();
      grpc.close();
    },
    end() {
      stream.end();
      grpc.close();
    },
  };
}

async function runJob(
  stream: ClientDuplexStream<Message, Message>,
  { message_id: messageId = '', run_job: job }: Message,
  running: ReturnType<RunProgram>,
): Promise<void> {
  const jobId = job?.job_id ?? '';
  stream.write({ ack: { message_id: messageId, success: true } });
  stream.write({ progress: { job_id: jobId, progress_percent: 0, stage: 'running' } });
  const { lines, exitCode, reason = '' } = await running;
  const entries = lines.map((line, index) => ({ job_id: jobId, line, sequence: index + 1 }));
  stream.write({ message_id: `log-${jobId}`, log_batch: { job_id: jobId, entries } });
  const result = { job_id: jobId, success: exitCode === 0, exit_code: exitCode, reason };
  stream.write({ message_id: `result-${jobId}`, result });
}
