/** Whether a single time of maintenance is one of the calendar, and ends after it begins. */
export function isMaintenance(text: string): boolean {
  const [from = '', to = ''] = text.split('/');
  return isMoment(from) && isMoment(to) && from < to;
}

/** A thirtieth of February is read as a day of March. */
function isMoment(text: string): boolean {
  const ms = Date.parse(`${text}:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
