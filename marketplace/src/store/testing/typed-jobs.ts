/** What a requester may write into any text of its job: U+0000, half a pair, escapes of escapes. */
const hostileTexts = ['a\u0000', '\ud83d', '\\u0000"', '","workload":{"kind":"script"}', '\\'];

/** As versions posted that counted no types. */
function postUntyped(jobId: string, state: string, spec: object): string[] {
  return [
    `INSERT INTO jobs (job_id, account_id, state, priority, asset, price, attempt, queue_deadline_ms,
      settlement, log_lines, log_bytes, created_at_ms)
    VALUES ('${jobId}', 'acc_1', '${state}', 'normal', 'SOL', 1, 0, 1, 'held', 0, 0, 7)`,
    `INSERT INTO job_specs VALUES ('${jobId}', '${JSON.stringify(spec)}')`,
  ];
}

export function untypedBash(jobId: string): string[] {
  return postUntyped(jobId, 'queued', { workload: { kind: 'script', language: 'bash' } });
}

export function labelledJob(jobId: string): string[] {
  return postUntyped(jobId, 'queued', { labels: { team: 'blue' } });
}

/** Jobs as versions stored them that counted no types: statements for either engine. */
export const untypedJobs = [
  "INSERT INTO accounts (account_id, wallet, created_at_ms) VALUES ('acc_1', 'wallet', 1)",
  ...(
    [
      ['job_1', 'queued', { kind: 'container' }],
      ['job_2', 'queued', { kind: 'container' }],
      ['job_3', 'running', { kind: 'script', language: 'python' }],
      ['job_4', 'failed', { kind: 'script', language: 'bash' }],
      ['job_5', 'failed', { kind: 'container' }],
    ] as const
  ).flatMap(([jobId, state, workload]) => postUntyped(jobId, state, { workload })),
  ...hostileTexts.flatMap((text, index) =>
    postUntyped(`job_hostile_${index}`, 'expired', {
      env: { [text]: text },
      labels: { note: text, team: 'red' },
      workload: { source: text, language: 'bash', kind: 'script' },
      name: text,
    }),
  ),
];

/** The labels of those. Half of a pair is no text: SQLite gives its three bytes, each of them unknown. */
export const selectLabels = `
  SELECT job_labels.account_id || ' ' || name || ' ' || value AS name
  FROM job_labels ORDER BY job_id, job_labels.name`;
export function labelsTold(engine: 'sqlite' | 'postgres'): string[] {
  const told = {
    sqlite: { half: '\ufffd'.repeat(3), nul: '\0' },
    postgres: { half: '\ufffd', nul: '\ufffd' },
  };
  const { half, nul } = told[engine];
  return hostileTexts.flatMap((text) => {
    const value = text.replaceAll('\ud83d', half).replaceAll('\0', nul);
    return [`acc_1 note ${value}`, 'acc_1 team red'];
  });
}

/** How they are counted since. */
export const typedCounts = [
  `expired bash ${hostileTexts.length}`,
  'failed bash 1',
  'failed container 1',
  'queued container 2',
  'running python 1',
];

/** Goes on with what was stored before, beside a process of the version before. */
export const typedChanges = [
  "UPDATE jobs SET state = 'failed' WHERE job_id IN ('job_2', 'job_3')",
  ...postUntyped('job_6', 'queued', { workload: { kind: 'container' } }),
  ...postUntyped('job_7', 'queued', { workload: { kind: 'script', language: 'python' } }),
  "UPDATE jobs SET state = 'running' WHERE job_id = 'job_7'",
];
export const changedCounts = [
  `expired bash ${hostileTexts.length}`,
  'failed bash 1',
  'failed container 2',
  'failed python 1',
  'queued container 2',
  'running container 1',
];

export const selectTypedCounts = `
  SELECT state || ' ' || type || ' ' || jobs AS name FROM job_counts WHERE jobs > 0 ORDER BY 1`;
