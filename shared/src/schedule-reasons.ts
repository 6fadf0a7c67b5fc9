/** Why a schedule is not active, where its reason is the same sentence each time. */
export const scheduleReasons = {
  pausedByOwner: 'Paused by its owner.',
  noTimeLeft: 'No time is left before its end.',
} as const;

export type ScheduleReason = keyof typeof scheduleReasons;

/** @returns null for a reason that names a job or a number. */
export function findScheduleReason(text: string): ScheduleReason | null {
  const names = Object.keys(scheduleReasons) as ScheduleReason[];
  return names.find((name) => scheduleReasons[name] === text) ?? null;
}
