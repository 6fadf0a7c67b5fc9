import { useDebouncedValue } from '@mantine/hooks';
import type { JobSpecInput } from '@node3/shared/job-spec';
import type { Explanation } from '@node3/shared/routes/explain';
import type { Quote } from '@node3/shared/routes/quotes';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApp } from '../../../app-context.tsx';
import { explainSpecQuery, quoteQuery } from '../../../queries/posting.ts';

/** A price is asked for when nothing was typed for so long. */
const askAfterMs = 500;

export interface LiveQuote {
  /** The newest there is; it may be of the draft as it was a moment ago. */
  quote: Quote | null;
  /** Whether a newer one is on its way. */
  pending: boolean;
  error: Error | null;
  /** Why nobody can run it; null while somebody can, or while nobody knows. */
  explanation: Explanation | null;
}

/** What the draft costs and who could run it, asked for as it changes. */
export function useLiveQuote(spec: JobSpecInput, valid: boolean): LiveQuote {
  const app = useApp();
  const text = valid ? JSON.stringify(spec) : null;
  const [settled] = useDebouncedValue(text, askAfterMs);
  const asked = useMemo(
    () => (settled === null ? null : (JSON.parse(settled) as JobSpecInput)),
    [settled],
  );
  const query = useQuery({ ...quoteQuery(app, asked), placeholderData: keepPreviousData });
  const quote = valid ? (query.data ?? null) : null;
  const nobody = quote?.availability.agentsMatching === 0 && !query.isPlaceholderData;
  const explained = useQuery(explainSpecQuery(app, nobody ? asked : null));
  return {
    quote,
    pending: valid && (text !== settled || query.isFetching),
    error: valid ? query.error : null,
    explanation: nobody ? (explained.data ?? null) : null,
  };
}
