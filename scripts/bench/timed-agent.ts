import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '@node3/agent/agent';
import { createExecutors } from '@node3/agent/create-executors';
import { DockerExecutor } from '@node3/agent/executors/docker/docker-executor';
import type { Executor } from '@node3/agent/executors/executor';
import type { Journal } from '@node3/agent/journal/journal';
import type { PolicyFile } from '@node3/shared/provider-policy';
import { agentConfig, type DevNetwork } from '../dev-network.ts';

/** An agent in this process, with the real engine, that is looked at while it works. */
export interface TimedAgent {
  agent: Agent;
  /** From the acceptance on disk to the first line of the latest workload; null before it. */
  firstByteMs(): number | null;
  /** Whether the next job would get a container that waits. */
  hasWaiting(): boolean;
}

interface Marks {
  acceptedMs: number;
  firstLineMs: number | null;
}

export async function startTimedAgent(
  network: DevNetwork,
  name: string,
  policy: PolicyFile,
): Promise<TimedAgent> {
  const { dataDir } = agentConfig(network.folder, name, network.marketplaceUrl, '');
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'policy.json'), JSON.stringify(policy), { mode: 0o600 });
  const marks = new Map<string, Marks>();
  let executors: readonly Executor[] = [];
  const agent = await network.startAgent(name, {
    parts: {
      createExecutors(context) {
        executors = createExecutors(context).map((each) => timeLines(each, marks));
        return executors;
      },
      wrapJournal: (journal) => timeAcceptance(journal, marks),
    },
  });
  await agent.ready();
  return {
    agent,
    hasWaiting: () =>
      executors.some((each) => each instanceof DockerExecutor && each.waiting.length > 0),
    firstByteMs() {
      const { acceptedMs = 0, firstLineMs = null } = [...marks.values()].at(-1) ?? {};
      return firstLineMs === null ? null : firstLineMs - acceptedMs;
    },
  };
}

function timeAcceptance(journal: Journal, marks: Map<string, Marks>): Journal {
  const record = journal.recordAccepted.bind(journal);
  journal.recordAccepted = (executionId, lease) => {
    record(executionId, lease);
    marks.set(executionId, { acceptedMs: performance.now(), firstLineMs: null });
  };
  return journal;
}

function timeLines(executor: Executor, marks: Map<string, Marks>): Executor {
  const logs = executor.logs.bind(executor);
  executor.logs = (executionId, options, sink, signal) => {
    const mark = marks.get(executionId);
    const note = () => {
      if (mark !== undefined) mark.firstLineMs ??= performance.now();
    };
    const timed: typeof sink = (line) => {
      note();
      return sink(line);
    };
    const { takesBlock } = options;
    if (takesBlock === undefined) return logs(executionId, options, timed, signal);
    const timedBlock: typeof takesBlock = (block) => {
      note();
      return takesBlock(block);
    };
    return logs(executionId, { ...options, takesBlock: timedBlock }, timed, signal);
  };
  return executor;
}
