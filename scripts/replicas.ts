import { parseArgs } from 'node:util';
import { runReplicas } from './replicas/run-replicas.ts';

/** Many jobs over several marketplaces that are killed; prints what was wrong. */
const { values } = parseArgs({
  options: {
    replicas: { type: 'string', default: '3' },
    agents: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '3000' },
  },
});
const report = await runReplicas({
  replicas: Number(values.replicas),
  agents: Number(values.agents),
  jobs: Number(values.jobs),
  requesters: 8,
  openMax: 160,
  killEveryMs: 6_000,
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (report.findings.length > 0) process.exitCode = 1;
