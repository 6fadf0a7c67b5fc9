/** Labels that keep what only the node3 seed's agents can be told. */
export const seedLabels = {
  type: 'node3/job_type',
  duration: 'node3/estimated_duration',
  output: 'node3/output_upload_url',
} as const;

/** What the seed's agents offer beside their GPU: they send results to an address that a job names. */
export const seedUploads = { 'node3/output_upload_url': 'sent' } as const;
