import { parseArgs } from 'node:util';
import { runReplicas } from './replicas/run-replicas.ts';

/** Many jobs over several marketplaces that are killed; prints what was wrong. */
const { values } = parseArgs({
  options: {
    replicas: { type: 'string', default: '3' },
    agents: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '3000' },
    'kill-every': { type: 'string', default: '6' },
  },
});
const report = await runReplicas({
  replicas: Number(values.replicas),
  agents: Number(values.agents),
  jobs: Number(values.jobs),
  requesters: 8,
  openMax: 160,
  trouble: { kills: { everyMs: Number(values['kill-every']) * 1_000 } },
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (report.findings.length > 0) process.exitCode = 1;
