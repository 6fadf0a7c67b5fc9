import { type AgentProblem, agentProblems } from '@node3/shared/agent-problems';
import { type AgentSentence, agentSentences } from '@node3/shared/agent-sentences';
import { type XidFault, xidFaults, xidOthers } from '@node3/shared/device-faults';
import {
  type DoctorFinding,
  type DoctorSubject,
  doctorFindings,
} from '@node3/shared/doctor-findings';
import { type GpuProblem, gpuProblems } from '@node3/shared/gpu-problems';

type FixedFinding = {
  [Code in DoctorFinding]: (typeof doctorFindings)[Code] extends { fix: string } ? Code : never;
}[DoctorFinding];

export type SaidTexts = Record<
  | `said.${AgentSentence | AgentProblem | DoctorFinding | GpuProblem}`
  | `said.${AgentProblem | FixedFinding | GpuProblem}.fix`
  | `doctor.of.${DoctorSubject}`
  | `xid.${XidFault | keyof typeof xidOthers}`,
  string
>;

const findings: Record<string, { sentence: string; fix?: string }> = {
  ...agentProblems,
  ...doctorFindings,
  ...gpuProblems,
};

/** The English sentences are the agent's own; the other languages translate them by code. */
const said = Object.fromEntries([
  ...Object.entries(agentSentences).map(([code, text]) => [`said.${code}`, text]),
  ...Object.entries({ ...xidFaults, ...xidOthers }).map(([code, text]) => [`xid.${code}`, text]),
  ...Object.entries(findings).flatMap(([code, { sentence, fix }]) => [
    [`said.${code}`, sentence],
    ...(fix === undefined ? [] : [[`said.${code}.fix`, fix]]),
  ]),
]) as Omit<SaidTexts, `doctor.of.${DoctorSubject}`>;

export const enSaid: SaidTexts = {
  ...said,
  'doctor.of.node': 'Node.js',
  'doctor.of.data folder': 'Data folder',
  'doctor.of.policy': 'Policy',
  'doctor.of.disk': 'Disk',
  'doctor.of.wallet': 'Wallet',
  'doctor.of.local API': 'Local API',
  'doctor.of.marketplace': 'Marketplace',
  'doctor.of.clock': 'Clock',
  'doctor.of.kernel log': 'Kernel log',
  'doctor.of.GPUs': 'GPUs',
  'doctor.of.GPU': 'GPU',
  'doctor.of.engine': 'Container engine',
  'doctor.of.container': 'A container',
  'doctor.of.native jobs': 'Native jobs',
  'doctor.of.warm containers': 'Waiting containers',
};
