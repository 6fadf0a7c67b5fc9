import { parseArgs } from 'node:util';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { runKilledAgent } from './killed-agent/run-killed-agent.ts';

/** Many jobs on one agent that is killed with SIGKILL at random; prints what was wrong. */
const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '200' },
    kills: { type: 'string', default: '50' },
    'jobs-at-once': { type: 'string', default: '8' },
    'long-absences': { type: 'string', default: '3' },
  },
});
const report = await runKilledAgent({
  engine: await findTestEngine(),
  jobs: Number(values.jobs),
  kills: Number(values.kills),
  jobsAtOnce: Number(values['jobs-at-once']),
  longAbsences: Number(values['long-absences']),
  onProgress: (sentence) => void process.stderr.write(`${sentence}\n`),
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (report.findings.length > 0) process.exitCode = 1;
