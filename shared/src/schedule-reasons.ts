/**
 * Why a schedule is not active, and why a time of it posted no job, by code; `{{…}}` are values that go
 * with it. The sentence is what is stored, and tells its code and values again.
 */
export const scheduleReasons = {
  pausedByOwner: 'Paused by its owner.',
  noTimeLeft: 'No time is left before its end.',
  failures: 'Paused after {{failures}} failures in a row.',
  failuresJob:
    'Paused after {{failures}} failures in a row; the last one: job {{jobId}} is {{state}}.',
  failuresRefused:
    'Paused after {{failures}} failures in a row; the last one: the job was refused, {{code}}: {{why}}.',
  notRunning: 'The marketplace did not run at this time.',
  earlierRuns: 'Job {{jobId}} of an earlier time was not over.',
  earlierMost: '{{jobs}} jobs of earlier times were not over, which is the most.',
  unexpected: 'Something went wrong on our side.',
} as const;

export type ScheduleReason = keyof typeof scheduleReasons;
export type ScheduleValues = Record<string, string | number>;

const names = Object.keys(scheduleReasons) as ScheduleReason[];
const value = /\{\{(\w+)\}\}/g;

/** The sentence of a reason with its values. */
export function sayScheduleReason(reason: ScheduleReason, values: ScheduleValues = {}): string {
  return scheduleReasons[reason].replace(value, (_all, name: string) => String(values[name]));
}

/** What a sentence says; null for one of none of these reasons. */
export function findScheduleReason(
  text: string,
): { reason: ScheduleReason; values: Record<string, string> } | null {
  for (const reason of names) {
    const found = patterns[reason].exec(text);
    if (found !== null) return { reason, values: { ...found.groups } };
  }
  return null;
}

/** Ids, states, codes and counts are words of no blanks; only why something was refused is a text. */
function patternOf(sentence: string): RegExp {
  const escaped = sentence.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  const source = escaped.replace(value, (_all, name: string) =>
    name === 'why' ? `(?<${name}>[^]*)` : `(?<${name}>[\\w-]+)`,
  );
  return new RegExp(`^${source}$`);
}

const patterns = Object.fromEntries(
  names.map((name) => [name, patternOf(scheduleReasons[name])]),
) as Record<ScheduleReason, RegExp>;
