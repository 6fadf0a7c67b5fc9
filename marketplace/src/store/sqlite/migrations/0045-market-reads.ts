import type { Migration } from './index.ts';

/** What GPUs were let for, and which devices were proven, in the order in which that became known. */
export const marketReads: Migration = {
  name: 'market-reads',
  sql: `
CREATE INDEX executions_priced ON executions (finished_at_ms, execution_id)
  WHERE state = 'succeeded' AND devices <> '[]';
CREATE INDEX gpu_proofs_ended ON gpu_proofs (ended_at_ms, proof_id, device_id)
  WHERE ended_at_ms IS NOT NULL;
`,
};
