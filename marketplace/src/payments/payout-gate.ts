/** Something that can forbid payouts: the kill switch, a ledger that doesn't add up. */
export interface PayoutGate {
  /** Why nothing may be signed now, in one sentence for the operator; null while payouts may go. */
  check(): Promise<string | null>;
}

/** The reason of the first closed gate; null when all are open. */
export async function closedGate(gates: readonly PayoutGate[]): Promise<string | null> {
  for (const gate of gates) {
    const reason = await gate.check();
    if (reason !== null) return reason;
  }
  return null;
}
