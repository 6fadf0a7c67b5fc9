/** The parts of a job's page, in the order of their tabs; the address says which one is shown. */
export const jobTabs = [
  'overview',
  'config',
  'logs',
  'resources',
  'events',
  'payment',
  'files',
] as const;
export type JobTab = (typeof jobTabs)[number];

export interface JobSearch {
  /** The overview where it is left out. */
  tab?: Exclude<JobTab, 'overview'>;
  /** The seq that the page of events begins after. */
  after?: number;
}

/** Keeps what the page understands of an address and drops the rest. */
export function readJobSearch({ tab, after }: Record<string, unknown>): JobSearch {
  const known = jobTabs.find((name) => name === tab);
  const isSeq = Number.isSafeInteger(Number(after)) && Number(after) > 0;
  return {
    ...(known !== undefined && known !== 'overview' && { tab: known }),
    ...(known === 'events' && isSeq && { after: Number(after) }),
  };
}

/** The tab beside another one; stops at both ends. */
export function tabBeside(tab: JobTab, by: 1 | -1): JobTab {
  return jobTabs[jobTabs.indexOf(tab) + by] ?? tab;
}
