interface SettlementRowDefinition {
  /** When the row applies. */
  when: string;
  /** What the provider gets. */
  provider: string;
  /** What the requester pays. */
  requester: string;
}

/**
 * Who pays when a job ends: the published table. Only run time is ever billed, never queueing,
 * preparing or collecting. The fee comes on top of what the requester pays the provider.
 */
export const settlementTable = {
  success: {
    when: 'exit code 0, output accepted',
    provider: 'the price: the reward, or the run time at the matched rate',
    requester: 'the same and the fee on it',
  },
  requester_run: {
    when: 'another exit code, a command that can’t be run, out of memory or disk, run time or cap used up, no progress, cancelled after start',
    provider:
      'the run time: of a reward the share that it is of the run limit, else at the matched rate',
    requester: 'the same and the fee on it',
  },
  requester_free: {
    when: 'bad image or request, a needed job failed, the job broke three agents, or cancelled, or found without its command, before the start',
    provider: 'nothing',
    requester: 'nothing',
  },
  nobody: {
    when: 'registry down, start too slow, given back, stopped for another job, nobody took the job, or an earlier result was reused',
    provider: 'nothing',
    requester: 'nothing',
  },
  provider: {
    when: 'GPU or engine error, heartbeat lost, result withheld',
    provider: 'nothing; the job goes to another agent',
    requester: 'nothing',
  },
  platform: {
    when: 'error of the marketplace',
    provider: 'the run time, from the fees the marketplace has earned, as far as they go',
    requester: 'nothing',
  },
} as const satisfies Record<string, SettlementRowDefinition>;

export type SettlementRow = keyof typeof settlementTable;
export const settlementRows = Object.keys(settlementTable) as SettlementRow[];
