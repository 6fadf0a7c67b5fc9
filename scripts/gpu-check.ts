import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { createCommandRunner } from '@node3/agent/gpu/command-runner';
import { systemClock } from '@node3/shared/clock';
import { checkContainer } from './gpu-check/check-container.ts';
import { checkDetection } from './gpu-check/check-detection.ts';
import { checkLoad } from './gpu-check/check-load.ts';
import { checkProof } from './gpu-check/check-proof.ts';
import { describeMachine } from './gpu-check/describe-machine.ts';
import { recordTools } from './gpu-check/record-tools.ts';
import { type Check, isFailed, printCheck, printEnd } from './gpu-check/report.ts';

const usage = `Usage: npm run gpu-check -- [--json FILE] [--record FOLDER] [--load-sec N]
       [--any-adapter] [--software]

Looks at this machine's GPUs as an agent does: detection, telemetry at rest and under a load, the GPU
proof, and a container that sees exactly its device. Says plainly what could not be run, and why.

--json FILE     writes the report as JSON.
--record FOLDER writes what nvidia-smi says, for tests of detection.
--load-sec N    how long the load lasts (10).
--any-adapter   takes the first device that WebGPU names, and not the one that detection names.
--software      lets a program on the processor answer the proof, with a small plan: this tests the
                mathematics where there is no GPU, and never counts as one.
Ends with 1 when something is wrong, and with 0 when nothing is, or there is no GPU.
`;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    record: { type: 'string' },
    'load-sec': { type: 'string', default: '10' },
    software: { type: 'boolean', default: false },
    'any-adapter': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(usage);
} else {
  const checks = await runChecks();
  printEnd(checks);
  if (values.json !== undefined) {
    const report = { at: new Date().toISOString(), machine: describeMachine(), checks };
    mkdirSync(dirname(values.json), { recursive: true });
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  process.exit(checks.some(isFailed) ? 1 : 0);
}

async function runChecks(): Promise<Check[]> {
  const runner = createCommandRunner({ environment: process.env });
  const look = { runner, clock: systemClock, environment: process.env };
  const checks: Check[] = [];
  const say = (check: Check) => {
    checks.push(check);
    printCheck(check);
  };
  process.stdout.write(`GPU check\n${JSON.stringify(describeMachine(), null, 2)}\n`);
  if (values.record !== undefined) say(await recordTools(runner, values.record));
  const { check, detectors, devices } = await checkDetection(look);
  say(check);
  say(await checkLoad({ ...look, detectors, devices, loadSec: Number(values['load-sec']) }));
  const names = values['any-adapter'] ? 'any' : 'detected';
  const software = values.software ? 'allowed' : 'refused';
  for (const proof of await checkProof({ ...look, devices, software, names })) say(proof);
  say(await checkContainer({ ...look, devices }));
  return checks;
}
