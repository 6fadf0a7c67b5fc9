import { randomBytes, randomInt } from 'node:crypto';
import type { AgentDevice } from '@node3/agent/gpu/device';
import { ProofError } from '@node3/agent/gpu-proof/proof-error';
import { ProverProcess } from '@node3/agent/gpu-proof/prover-process';
import { type Finding, verifyOpenings } from '@node3/marketplace/gpu-proof/verify-openings';
import { readOpening } from '@node3/shared/gpu-proof/opening-codec';
import { fillKeyOf, walkKeyOf } from '@node3/shared/gpu-proof/proof-keys';
import {
  filledBytes,
  type ProofPlan,
  planProof,
  readBytes,
} from '@node3/shared/gpu-proof/proof-plan';
import { limits } from '@node3/shared/limits';
import type { Look } from './check-detection.ts';
import { type Check, rounded } from './report.ts';

export interface ProofLook extends Look {
  devices: readonly AgentDevice[];
  software: 'refused' | 'allowed';
  /** Whether the device that is proven has to have the name that detection found. */
  names: 'detected' | 'any';
}

/** As much as a processor fills and walks in seconds. */
const smallPlan: ProofPlan = {
  regions: 4,
  regionLines: 16_384,
  rounds: 64,
  passes: 2,
  reads: 4,
  lanes: 4_096,
};

/** Proves every device as a marketplace would ask for it, and that a wrong answer is found. */
export async function checkProof(look: ProofLook): Promise<Check[]> {
  const whole = look.devices.filter(({ memoryBytes, parentId, simulated }) => {
    return memoryBytes !== null && parentId === null && !simulated;
  });
  const checks: Check[] = [];
  for (const device of whole) {
    const plan = planProof(device.memoryBytes ?? 0);
    const name = `proof of ${device.model}`;
    const adapterName = look.names === 'any' ? null : device.model;
    if (plan !== null) checks.push(await prove(look, { name, plan, adapterName }));
  }
  if (checks.length > 0 && look.software === 'refused') return checks;
  const name = look.software === 'allowed' ? 'proof on the processor' : 'proof';
  return [...checks, await prove(look, { name, plan: smallPlan, adapterName: null })];
}

interface Task {
  name: string;
  plan: ProofPlan;
  adapterName: string | null;
}

async function prove(look: ProofLook, task: Task): Promise<Check> {
  const { adapterName, name, plan } = task;
  const { environment, software } = look;
  const prover = new ProverProcess({ environment, adapterName, software });
  try {
    return { name, ...(await proveAndVerify(prover, plan)) };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const facts = { failure: error.failure, filledBytes: filledBytes(plan) };
    const needsMending = adapterName !== null;
    return { name, outcome: needsMending ? 'failed' : 'not run', sentence: error.message, facts };
  } finally {
    prover.kill();
  }
}

async function proveAndVerify(
  prover: ProverProcess,
  plan: ProofPlan,
): Promise<Omit<Check, 'name'>> {
  const subject = { agentId: 'agt_check', deviceId: 'device', epoch: Date.now() };
  const fillKey = fillKeyOf(randomBytes(32).toString('hex'), subject);
  const walkKey = walkKeyOf(randomBytes(32).toString('hex'), subject);
  const filled = await prover.fillMemory(plan, fillKey);
  const sentMs = performance.now();
  const walked = await prover.walk(walkKey);
  const answeredMs = performance.now() - sentMs;
  const lanes = Array.from({ length: limits.proofLanesOpened }, () => randomInt(plan.lanes));
  const openings = (await prover.open(lanes)).map(readOpening);
  const root = Buffer.from(walked.root, 'hex');
  const verifyStartedMs = performance.now();
  const finding = verifyOpenings({ plan, fillKey, walkKey, root, lanes }, openings);
  const verifyMs = performance.now() - verifyStartedMs;
  const other = walkKeyOf('another seed', subject);
  const forged = verifyOpenings({ plan, fillKey, walkKey: other, root, lanes }, openings);
  const facts = {
    adapter: filled.adapter,
    software: filled.software,
    filledBytes: filledBytes(plan),
    readBytes: readBytes(plan),
    allocateMs: rounded(filled.allocateMs),
    fillMs: rounded(filled.fillMs),
    walkMs: rounded(walked.walkMs),
    hashMs: rounded(walked.hashMs),
    answeredMs: rounded(answeredMs),
    walkGigabytesPerSec: rounded(readBytes(plan) / 1e6 / walked.walkMs),
    filledAgainInsteadMs: rounded(filled.fillMs * plan.passes),
    walkMsMax: limits.proofWalkMs,
    verifyMs: rounded(verifyMs),
    finding,
    findingForAnotherSeed: forged,
    plan,
  };
  return { ...verdict(finding, forged, answeredMs, filled.software), facts };
}

function verdict(
  finding: Finding,
  forged: Finding,
  answeredMs: number,
  software: boolean,
): Pick<Check, 'outcome' | 'sentence'> {
  if (finding !== 'right') return { outcome: 'failed', sentence: `The result is ${finding}.` };
  if (forged !== 'wrong-result') return { outcome: 'failed', sentence: 'A forged result passed.' };
  if (software) {
    const sentence = 'The mathematics is right to the bit; this was a program, and no GPU.';
    return { outcome: 'passed', sentence };
  }
  return answeredMs <= limits.proofWalkMs
    ? { outcome: 'passed', sentence: 'Right to the bit, and in time.' }
    : { outcome: 'failed', sentence: 'Right to the bit, and too late.' };
}
