import type { Said, SaidValues } from './agent-sentences.ts';
import { fillValues } from './fill-values.ts';

const keyRefused = {
  sentence: 'The marketplace does not accept the key of this agent.',
  fix: 'Put the right key into API_KEY, or ask the operator for a new one. To register this machine as a new agent, set AGENT_DATA_DIR to an empty folder.',
} as const;

/**
 * What an agent or its doctor finds on a machine, by code: the sentence and what mends it. `{{…}}` are
 * values that go with it. What tools of GPUs say has words of its own and is told as it is.
 */
export const agentProblems = {
  'auth-invalid': keyRefused,
  'auth-required': keyRefused,
  'asks-merged': {
    sentence:
      'This marketplace knows one ask for all GPUs of a machine: the highest of yours stands for all.',
    fix: 'Ask its operator for an update, or let all GPUs ask the same: node3 agent policy edit',
  },
  'marketplace-unreachable': {
    sentence: 'The marketplace at {{url}} has not answered since {{since}}.',
    fix: 'Check the network and MARKETPLACE_URL: curl {{url}}/health',
  },
  'sign-in-failed': {
    sentence: 'Signing in fails and is tried again: {{why}}',
    fix: 'Look for "signing in failed" in the log of the agent, and tell the operator.',
  },
  'disk-unknown': {
    sentence: 'The free disk space is unknown, so no job that needs disk is taken.',
    fix: 'Free some space, or set AGENT_DATA_DIR to a larger disk.',
  },
  'disk-full': {
    sentence: 'Only {{mebibytes}} MiB of disk are free, so no job is taken.',
    fix: 'Free some space, or set AGENT_DATA_DIR to a larger disk.',
  },
  'policy-unusable': {
    sentence: 'The policy as it was goes on holding, since its file can not be used: {{why}}',
    fix: 'Correct it with: node3 agent policy edit',
  },
  'seed-api-open': {
    sentence: 'Every program of this machine can start and stop this agent without its token.',
    fix: 'Unless a client of the node³ seed needs that, start it without AGENT_SEED_API_OPEN.',
  },
  'device-sick': {
    sentence: '{{model}} ({{id}}) takes no jobs: {{why}}',
    fix: 'Repair or reset the device; it returns to the offer by itself.',
  },
  engine_not_linux: {
    sentence: 'The container engine runs Windows containers.',
    fix: 'Switch Docker Desktop to Linux containers.',
  },
  seccomp_missing: {
    sentence: 'The container engine cannot filter system calls.',
    fix: 'Use a kernel and an engine with seccomp; jobs are not run without it.',
  },
  limits_missing: {
    sentence: 'The container engine cannot limit: {{missing}}.',
    fix: 'Use cgroup v2 with the memory, pids and cpu controllers delegated to the engine.',
  },
  runtime_missing: {
    sentence: 'The container engine has no runtime called {{runtime}}.',
    fix: 'Install it and add it to the engine, or choose another runtime.',
  },
  engine_permission: {
    sentence: 'This user may not talk to the container engine.',
    fix: 'Run "sudo usermod -aG docker $USER" and log in again, or use a rootless engine.',
  },
  engine_missing: {
    sentence: 'No container engine answers at {{address}}.',
    fix: 'Install and start Docker ("sudo systemctl start docker") or Podman, or set DOCKER_HOST to where it listens.',
  },
  engine_not_answering: {
    sentence: 'The container engine does not answer: {{why}}',
    fix: 'Restart the engine and look at its log.',
  },
} as const;

export type AgentProblem = keyof typeof agentProblems;

export interface ProblemSaid {
  code: string;
  sentence: string;
  fix: string;
  /** Only of a problem above: its code and these say it in another language. */
  values?: SaidValues;
}

export function sayProblem(code: AgentProblem, values: SaidValues = {}): Required<ProblemSaid> {
  const { sentence, fix } = agentProblems[code];
  return { code, sentence: fillValues(sentence, values), fix: fillValues(fix, values), values };
}

/** Its sentence alone. */
export function saidOf({ code, sentence, values }: ProblemSaid): Said {
  return values === undefined
    ? { text: sentence }
    : { text: sentence, code: code as AgentProblem, values };
}
