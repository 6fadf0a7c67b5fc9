import { limits } from '@node3/shared/limits';
import type { LogLineRow } from './rows.ts';

/** Whether nothing is added to a page of log: there may be more lines in the store. */
export function isFullPage(lines: readonly LogLineRow[], limit: number): boolean {
  if (lines.length >= limit) return true;
  return lines.reduce((sum, { text }) => sum + text.length, 0) >= limits.logPageBytes;
}
