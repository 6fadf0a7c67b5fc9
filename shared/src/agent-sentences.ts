import type { AgentProblem } from './agent-problems.ts';
import { sicknessSentences } from './device-faults.ts';
import { fillValues } from './fill-values.ts';

/**
 * What an agent says of itself and of its machine, by code; `{{…}}` are values that go with it. Pages
 * say it in other languages by the code; what has none is told as it is.
 */
export const agentSentences = {
  ...sicknessSentences,
  ready: 'Ready and waiting for a job that fits this machine.',
  starting: 'Looking at the machine and signing in.',
  paused: 'Paused by you: no new jobs are taken.',
  noneForNow: 'The marketplace gives no new jobs for now.',
  jobRuns: 'One job is running.',
  jobsRun: '{{count}} jobs are running.',
  jobStillRuns: 'One job is still running.',
  jobsStillRun: '{{count}} jobs are still running.',
  jobWillFinish: 'One job is still running and will finish.',
  jobsWillFinish: '{{count}} jobs are still running and will finish.',
  noNewJobs: 'No new jobs are taken.',
  jobEnds: 'One job is finishing, then the agent ends.',
  jobsEnd: '{{count}} jobs are finishing, then the agent ends.',
  resultsOwed: 'The last results are on their way.',
  allDone: 'All work is done. The agent ends now.',
  engineWorked: 'It worked until {{time}} UTC and is asked again and again.',
  jobWaits: 'One job is waiting for it.',
  jobsWait: '{{count}} jobs are waiting for it.',
  outage: 'The marketplace at {{url}} has not answered since {{time}} UTC; trying again.',
  noJobHere: 'No job can run here:',
  policyNoObject: 'The policy is not an object of fields. Write {} for all defaults.',
  policyNoField: 'The policy has no field {{field}}. There are: {{fields}}.',
  policyWrong: 'The policy is wrong at {{pointer}}. {{field}} must be {{form}}.',
  policyTooLong: 'The policy has {{bytes}} bytes. A policy has at most {{most}} bytes.',
  policyNoJson: 'The policy is no JSON. {{cause}}',
  policyUnread: 'The policy can not be read. {{cause}}',
  policyMaintenance: 'Your policy takes no new job from {{from}} to {{to}}; it is {{now}} here.',
  policyMaintenanceIn:
    'Your policy takes no new job from {{from}} to {{to}}; it is {{now}} in {{zone}}.',
  policyHours: 'Your policy takes new jobs in {{hours}}; it is {{now}} here.',
  policyHoursIn: 'Your policy takes new jobs in {{hours}}; it is {{now}} in {{zone}}.',
  policyBattery: 'The machine runs on its battery, and your policy takes no new jobs then.',
  policyUseUnknown:
    'Your policy sells an idle machine only, and how much {{model}} is used is unknown.',
  policyInUse:
    'Your policy waits until {{model}} was used less than {{percent}} % by others for {{minutes}} minutes.',
  policyHeatUnknown: '{{model}} has an unknown temperature, and your policy allows {{most}} °C.',
  policyHot: '{{model}} is at {{now}} °C, and your policy allows {{most}} °C.',
  policyPowerUnknown:
    'How much {{model}} draws or may draw is unknown, and your policy allows {{most}} W.',
  policyPower:
    'With {{model}} at its limit the GPUs may draw {{need}} W; your policy allows {{most}} W.',
} as const;

export type AgentSentence = keyof typeof agentSentences;
export type SaidValues = Record<string, string | number>;

/** A sentence in English, and what other languages need for it; without a code it is told as it is. */
export interface Said {
  text: string;
  code?: AgentSentence | AgentProblem;
  values?: SaidValues;
}

export function say(code: AgentSentence, values: SaidValues = {}): Said {
  return { text: fillValues(agentSentences[code], values), code, values };
}

/** Sentences after each other, as one text. */
export function textOf(said: readonly Said[]): string {
  return said.map(({ text }) => text).join(' ');
}
