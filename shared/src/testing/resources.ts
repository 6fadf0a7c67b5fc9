/**
 * Tests that need something the machine may not have (Docker, Chromium, PostgreSQL) ask here.
 * A missing resource skips the suite with a printed reason, except where it is named in
 * `NODE3_REQUIRE` (comma-separated): there a skip is a failure, so CI can't pass by not testing.
 */
export type Resource =
  | 'docker'
  | 'chromium'
  | 'software-gpu'
  | 'postgres'
  | 'gpu-fixtures'
  | 'prometheus'
  | 's3'
  | 'mount'
  | 'deploy-tools'
  | 'firewall'
  | 'bubblewrap'
  | 'gvisor'
  | 'podman'
  | 'shells';

export interface ResourceProbe {
  resource: Resource;
  /** `null` when the resource is there, otherwise one sentence that says what is missing. */
  missing: string | null;
}

/** @returns true when the suite must be skipped; prints why. Throws where skipping is forbidden. */
export function mustSkip(probe: ResourceProbe): boolean {
  if (probe.missing === null) return false;
  const required = (process.env['NODE3_REQUIRE'] ?? '').split(',').map((name) => name.trim());
  if (required.includes(probe.resource)) {
    throw new Error(`${probe.resource} is required here but ${probe.missing}`);
  }
  process.stderr.write(`SKIPPED, needs ${probe.resource}: ${probe.missing}\n`);
  return true;
}
