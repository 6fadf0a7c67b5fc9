import { usageGroups } from '@node3/shared/routes/usage';
import { readOneOf } from './read-search.ts';

export const usageViews = ['spending', 'caps', 'customers'] as const;
export const usagePeriods = ['7', '30', '90'] as const;

export interface UsageSearch {
  view?: (typeof usageViews)[number];
  /** Days up to today; a period of its own has `from` and `to`. */
  days?: (typeof usagePeriods)[number];
  from?: string;
  to?: string;
  by?: (typeof usageGroups)[number];
  /** The label whose values are told apart. */
  label?: string;
}

/** Keeps what the page understands of the address and drops the rest. */
export function readUsageSearch(search: Record<string, unknown>): UsageSearch {
  const { days } = search;
  return {
    ...readOneOf(search, 'view', usageViews),
    ...readOneOf({ days: String(days) }, 'days', usagePeriods),
    ...readOneOf(search, 'by', usageGroups),
    ...readLabel(search),
    ...readDay(search, 'from'),
    ...readDay(search, 'to'),
  };
}

/** Addresses are read as JSON: a name of digits comes as a number. */
function readLabel({ label }: Record<string, unknown>): { label?: string } {
  const name = typeof label === 'number' ? String(label) : label;
  return typeof name === 'string' ? { label: name.slice(0, 63) } : {};
}

function readDay<const Name extends string>(
  search: Record<string, unknown>,
  name: Name,
): { [Key in Name]?: string } {
  const { [name]: value } = search;
  const isDay =
    typeof value === 'string' &&
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) &&
    !Number.isNaN(Date.parse(value));
  return (isDay ? { [name]: value } : {}) as { [Key in Name]?: string };
}
