import type {
  BacalhauExecution,
  BacalhauJob,
  BacalhauSpecConfig,
} from '@node3/shared/routes/bacalhau-models';

/**
 * SynthralOS's Bacalhau runtime, written from its contract alone: it submits, polls, reads the results and
 * answers in its own words. What it is known to do wrong, such as leaving a job running, it does not here.
 */

export interface RuntimeOptions {
  gpu?: boolean;
  gpuCount?: number;
  memory?: string;
  cpu?: string;
}

export interface RuntimeInput extends RuntimeOptions {
  language: 'python' | 'javascript' | 'typescript' | 'bash';
  code: string;
  input: unknown;
}

type RuntimeState = 'pending' | 'running' | 'completed' | 'failed';

export interface RuntimeResult {
  success: boolean;
  output?: { output: unknown };
  error?: { message: string; code: string; details?: unknown };
  metadata: { jobId: string | null; executionTime: number };
}

/** The variables of its environment. */
export interface RuntimeEnvironment {
  BACALHAU_API_URL: string;
  BACALHAU_API_KEY: string;
  BACALHAU_TIMEOUT?: string;
  BACALHAU_GPU_ENABLED?: string;
  BACALHAU_GPU_COUNT?: string;
}

const images = {
  python: ['python:3.11-slim', 'python3'],
  javascript: ['node:20-slim', 'node'],
  typescript: ['node:20-slim', 'node'],
  bash: ['ubuntu:latest', 'bash'],
} as const;

class RuntimeFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export class SynthralRuntime {
  readonly #env: RuntimeEnvironment;
  readonly #pollMs: number;
  /** Every state that a poll found, once after another. */
  readonly states: RuntimeState[] = [];

  constructor(env: RuntimeEnvironment, pollMs = 5_000) {
    this.#env = env;
    this.#pollMs = pollMs;
  }

  async execute(input: RuntimeInput): Promise<RuntimeResult> {
    const startedAtMs = performance.now();
    let jobId: string | null = null;
    const metadata = () => ({ jobId, executionTime: performance.now() - startedAtMs });
    try {
      jobId = await this.submitJob(input);
      await this.#awaitEnd(jobId);
      const output = await this.getJobResults(jobId);
      return { success: true, output: { output }, metadata: metadata() };
    } catch (error) {
      if (!(error instanceof RuntimeFailure)) throw error;
      const { message, code, cause } = error;
      return { success: false, error: { message, code, details: cause }, metadata: metadata() };
    }
  }

  async submitJob(input: RuntimeInput): Promise<string> {
    const { JobID } = await this.#ask<{ JobID: string }>('PUT', '/jobs', {
      Job: this.#jobOf(input),
    });
    return JobID;
  }

  async getJobStatus(jobId: string): Promise<{ state: RuntimeState; message: string }> {
    const { Job } = await this.#ask<{ Job: BacalhauJob }>('GET', `/jobs/${jobId}`);
    const { StateType, Message } = Job.State;
    return { state: states[StateType], message: Message };
  }

  /** What was written to stdout, as JSON where it is some; else the file output.json. */
  async getJobResults(jobId: string): Promise<unknown> {
    const { Items } = await this.#ask<{ Items: BacalhauExecution[] }>(
      'GET',
      `/jobs/${jobId}/executions`,
    );
    const text = Items.at(-1)?.RunOutput?.Stdout ?? '';
    if (text !== '') return readText(text);
    const files = await this.#ask<{ Items: BacalhauSpecConfig[] }>('GET', `/jobs/${jobId}/results`);
    const file = files.Items.find(({ Params }) => String(Params['Path']).endsWith('output.json'));
    if (file === undefined) return null;
    return readText(await (await fetch(String(file.Params['URL']))).text());
  }

  async #awaitEnd(jobId: string): Promise<void> {
    const timeoutMs = Number(this.#env.BACALHAU_TIMEOUT ?? 300_000);
    for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += this.#pollMs) {
      const { state, message } = await this.getJobStatus(jobId);
      if (this.states.at(-1) !== state) this.states.push(state);
      if (state === 'completed') return;
      if (state === 'failed') throw new RuntimeFailure('BACALHAU_JOB_FAILED', message);
      await new Promise((resolve) => setTimeout(resolve, this.#pollMs));
    }
    await this.#ask('DELETE', `/jobs/${jobId}`, { reason: 'timeout' });
    throw new RuntimeFailure('BACALHAU_TIMEOUT', `Job ${jobId} took longer than ${timeoutMs} ms.`);
  }

  /** The shape of its document: it has no Tasks. */
  #jobOf({ language, code, input, ...options }: RuntimeInput): unknown {
    const [Image, program] = images[language];
    const { BACALHAU_GPU_ENABLED: enabled, BACALHAU_GPU_COUNT: count } = this.#env;
    const hasGpu = options.gpu ?? enabled === 'true';
    const file = (text: string) => Buffer.from(text).toString('base64');
    const write = (path: string, text: string) => `echo ${file(text)} | base64 -d > ${path}`;
    const steps = [
      write('/tmp/input.json', JSON.stringify(input)),
      write('/tmp/code', code),
      `${program} /tmp/code`,
    ];
    return {
      Engine: {
        Type: 'docker',
        Params: { Image, Entrypoint: ['/bin/bash', '-c'], Parameters: [steps.join(' && ')] },
      },
      Resources: {
        Memory: options.memory ?? '2GB',
        CPU: options.cpu ?? '1',
        ...(hasGpu ? { GPU: String(options.gpuCount ?? count ?? 1) } : {}),
      },
      Network: { Type: 'None' },
      Outputs: [{ Name: 'output', Path: '/outputs' }],
    };
  }

  async #ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const { BACALHAU_API_URL: url, BACALHAU_API_KEY: key } = this.#env;
    let response: Response;
    try {
      response = await fetch(`${url}/api/v1/orchestrator${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new RuntimeFailure('BACALHAU_NOT_AVAILABLE', 'Bacalhau does not answer.', error);
    }
    const answer = (await response.json()) as Body & { Message?: string };
    if (response.ok) return answer;
    throw new RuntimeFailure('BACALHAU_EXECUTION_ERROR', answer.Message ?? '', answer);
  }
}

const states: Record<BacalhauJob['State']['StateType'], RuntimeState> = {
  Pending: 'pending',
  Queued: 'pending',
  Running: 'running',
  Completed: 'completed',
  Failed: 'failed',
  Stopped: 'failed',
};

function readText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
