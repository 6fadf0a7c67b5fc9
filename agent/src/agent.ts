/** A running agent, as the process, the CLI and tests hold it. */
export interface Agent {
  /** The dashboard and local API, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** What its local API wants from whoever changes something or reads about jobs and money. */
  readonly token: string;
  /** Null until the agent is registered. */
  readonly agentId: string | null;
  /** Base58 address that is paid. */
  readonly wallet: string;
  /** One sentence that says what keeps the agent from working; null when nothing is known to. */
  readonly problem: string | null;
  /**
   * Resolves when the agent is registered, has recovered what an earlier process left and asks for
   * work. Waits as long as the marketplace can't be reached; rejects when the agent stops first.
   */
  ready(): Promise<void>;
  /**
   * Takes no new work, gives back what has not started, lets running jobs finish, delivers the
   * results and stops. At the deadline running jobs are stopped; undelivered results stay in the
   * journal for the next start.
   */
  drain(options?: DrainOptions): Promise<void>;
  /** Stops at once. Workloads go on and are taken over by the next start. */
  stop(): Promise<void>;
  /** Resolves when the agent has stopped; rejects when it had to, with the reason. */
  readonly ended: Promise<void>;
}

export interface DrainOptions {
  /** Longest wait for running jobs, milliseconds; without it they may take all their time. */
  deadlineMs?: number;
}
