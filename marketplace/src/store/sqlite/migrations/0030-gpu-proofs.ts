import type { Migration } from './index.ts';

/** Challenges to devices, and how they ended. */
export const gpuProofs: Migration = {
  name: 'gpu-proofs',
  sql: `
CREATE TABLE gpu_proofs (
  proof_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  owner TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  plan TEXT NOT NULL,
  fill_seed TEXT NOT NULL,
  walk_seed TEXT NOT NULL,
  lanes TEXT NOT NULL,
  state TEXT NOT NULL,
  issued_at_ms INTEGER NOT NULL,
  fill_by_ms INTEGER NOT NULL,
  walk_from_ms INTEGER,
  walk_by_ms INTEGER,
  root TEXT,
  root_at_ms INTEGER,
  adapter TEXT,
  finding TEXT,
  ended_at_ms INTEGER,
  PRIMARY KEY (proof_id, agent_id, device_id)
) STRICT;
CREATE INDEX gpu_proofs_by_agent ON gpu_proofs (agent_id, issued_at_ms);
CREATE INDEX gpu_proofs_open ON gpu_proofs (issued_at_ms) WHERE ended_at_ms IS NULL;
`,
};
