import { saidOf } from '@node3/shared/agent-problems';
import { type Said, say, textOf } from '@node3/shared/agent-sentences';
import { ConfigError } from '@node3/shared/env';
import { MarketError } from '@node3/shared/error';
import type { PolicyKey } from '@node3/shared/provider-policy';
import type { AgentStatus, LocalPolicy } from '@node3/shared/routes/agent-local';
import { toTimestamp } from '@node3/shared/schema';
import type { AgentCore } from './agent-core.ts';
import type { AgentLife } from './agent-life.ts';
import { agentLimits } from './agent-limits.ts';
import { viewEconomics, viewResultEarning } from './economics/view-economics.ts';
import { describeEgress, listIsolationFacts } from './execution/describe-isolation.ts';
import { explainUnwritten } from './explain-folder.ts';
import type { LocalApi } from './http/local-api.ts';
import { type AgentMode, type AgentState, describeState } from './observability/agent-state.ts';
import { describeDisk, describeRefusal, listProblems } from './observability/problems.ts';
import { toActiveExecution, toLocalLine } from './observability/status.ts';
import { listExecutions } from './observability/view-execution.ts';
import { findRestartNeed } from './policy/machine-policy.ts';
import { PolicyError } from './policy/policy-error.ts';
import { agentVersion } from './version.ts';

export interface AgentViewDeps {
  core: AgentCore;
  life: AgentLife;
  startedAtMs: number;
  setMode(mode: AgentMode): void;
  stop(): void;
}

/** What the agent tells about itself on loopback. */
export function createAgentView(deps: AgentViewDeps): LocalApi {
  const { core, life } = deps;
  const { earnings, journal } = core;
  return {
    status: () => buildStatus(deps),
    earnings() {
      const { latest } = earnings;
      const { unreachableSinceMs } = core.link;
      return {
        asOf: latest === null ? null : toTimestamp(latest.asOfMs),
        earnings: latest?.earnings ?? null,
        dayStart: latest === null ? null : toTimestamp(latest.dayStartMs),
        unreachableSince: unreachableSinceMs === null ? null : toTimestamp(unreachableSinceMs),
      };
    },
    executions: (query) => listExecutions(core, query),
    logTail(executionId) {
      const execution = journal.find(executionId);
      if (execution === null) throw new MarketError('EXECUTION_NOT_FOUND', { executionId });
      const lines = journal.tailLines(executionId, agentLimits.logTailLines);
      return { data: lines.map((line) => toLocalLine(execution.attempt, line)) };
    },
    mode: () => life.mode,
    setMode(mode) {
      deps.setMode(mode);
      return life.mode;
    },
    economics: () => viewEconomics(core, deps.startedAtMs),
    resultEarnings: (count) => ({ data: journal.listEarnings(count).map(viewResultEarning) }),
    policy: () => viewPolicy(core),
    async changePolicy(change, ifVersion) {
      const known = ifVersion === null ? {} : { ifVersion };
      await core.policy
        .change({ ...change, ...known })
        .catch((error: unknown) => refuse(error, core));
      return viewPolicy(core);
    },
    stop() {
      const active = core.desk.size;
      setImmediate(() => deps.stop());
      return { active };
    },
  };
}

function viewPolicy({ policy, started }: AgentCore): LocalPolicy {
  const { current, store } = policy;
  const { closed, withheld } = policy.verdict();
  return {
    path: store.path,
    version: store.version,
    policy: current,
    defaults: store.defaults,
    decided: Object.keys(store.file) as PolicyKey[],
    problem: store.problem?.text ?? null,
    problemSaid: store.problem,
    closed: closed?.text ?? null,
    closedSaid: closed,
    withheld: [...withheld].map(([deviceId, said]) => ({ deviceId, sentence: said.text, said })),
    restartNeed: findRestartNeed(started, current),
  };
}

function refuse(error: unknown, { config }: AgentCore): never {
  if (!(error instanceof ConfigError)) throw explainUnwritten(error, config.dataDir);
  const pointer = error instanceof PolicyError ? error.pointer : null;
  const found = { pointer: `/set${pointer}`, detail: error.message };
  const errors = pointer === null ? {} : { errors: [found] };
  throw new MarketError('REQUEST_INVALID', { detail: error.message, ...errors }, { cause: error });
}

function buildStatus({ core, life, startedAtMs }: AgentViewDeps): AgentStatus {
  const { balance, board, config, inventory, journal, link, policy, wallet } = core;
  const { lastContactAtMs, refusal, unreachableSinceMs } = link;
  const open = journal.listOpen();
  const active = open.flatMap((execution) => toActiveExecution(execution) ?? []);
  const owed = open.filter(({ pending }) => pending !== null).length;
  const { state, said } = stateOf(core, life, { active: active.length, owed });
  return {
    agentId: life.agentId,
    name: config.name,
    version: agentVersion,
    wallet: wallet.address,
    marketplaceUrl: config.marketplaceUrl,
    state,
    stateSentence: textOf(said),
    stateSaid: said,
    lastContactAt: lastContactAtMs === null ? null : toTimestamp(lastContactAtMs),
    startedAt: toTimestamp(startedAtMs),
    executor: describeExecutor(core),
    devices: inventory.all(),
    samples: inventory.samples(),
    proofs: life.lastProofs().map(({ atMs, ...proof }) => ({ ...proof, at: toTimestamp(atMs) })),
    problems: listProblems({
      executors: board.problems(),
      devices: inventory.problems(),
      marketplaceUrl: config.marketplaceUrl,
      unreachableSinceMs,
      refusal,
      identityError: life.identityError,
      signInError: life.signInError,
      diskFreeBytes: core.disk.freeBytes,
      diskFloorBytes: policy.current.diskFloorBytes,
      policyError: policy.store.problem,
      restartNeed: findRestartNeed(core.started, policy.current),
      hasOneAsk: core.wording.hasOneAsk,
      seedApi: config.seedApiOpen === true ? 'open' : 'closed',
    }),
    active,
    balances: balance.balances(),
  };
}

function stateOf(
  core: AgentCore,
  life: AgentLife,
  counts: { active: number; owed: number },
): AgentState {
  const { board, config, link } = core;
  const isWelcome = life.identityError === null && link.refusal === null;
  return describeState({
    ...counts,
    mode: life.mode,
    ready: life.isReady,
    orderedToDrain: life.orderedToDrain,
    closedBy: core.policy.verdict().closed,
    blockedBy: findBlock(core, life),
    fullBy: core.disk.isLow ? findFullness(core) : null,
    engineDownSinceMs: isWelcome ? board.downSinceMs : null,
    heldBy: core.crashGuard.heldBy,
    marketplaceUrl: config.marketplaceUrl,
    unreachableSinceMs: link.unreachableSinceMs,
  });
}

function findFullness({ disk, policy }: AgentCore): Said | null {
  const problem = describeDisk(disk.freeBytes, policy.current.diskFloorBytes);
  return problem === null ? null : saidOf(problem);
}

/** Why this agent can take no work at all; null when it can. */
export function findBlock({ board, link }: AgentCore, life: AgentLife): Said[] | null {
  if (life.identityError !== null) return [{ text: life.identityError }];
  if (link.refusal !== null) return [describeRefusal(link.refusal)].map(saidOf);
  const problem = board.problems()[0];
  return problem === undefined ? null : [say('noJobHere'), saidOf(problem)];
}

function describeExecutor({ board }: AgentCore): AgentStatus['executor'] {
  const executor = board.primary();
  if (executor === null) return { name: 'none', isolation: null, available: false, facts: {} };
  const status = board.status(executor.name);
  const available = status?.available ?? false;
  return {
    name: executor.name,
    isolation: available ? board.isolationOf(executor) : null,
    available,
    facts: {
      ...listIsolationFacts(status?.isolationEffective ?? null),
      ...describeEgress(status?.egress),
    },
  };
}
