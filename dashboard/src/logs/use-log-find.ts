import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { FindState } from './find-bar.tsx';
import type { JobLogParts } from './use-job-log.ts';

const nothing: FindState = { text: '', kind: 'plain', isCaseSensitive: false, isFilter: false };

/** What is looked for, and the hit that was gone to. New lines are looked through as they come. */
export function useLogFind({ search, loader, store }: JobLogParts) {
  const [find, setFind] = useState(nothing);
  const [hit, setHit] = useState<{ key: string; seq: number | null } | null>(null);
  const state = useSyncExternalStore(search.subscribe, search.state);
  const { text, kind, isCaseSensitive } = find;
  const [said] = useDebouncedValue(text, 150);
  // A hit of another pattern is none of this one.
  const key = `${kind}/${isCaseSensitive}/${said}`;
  const hitSeq = hit?.key === key ? hit.seq : null;
  useEffect(() => {
    search.search(said === '' ? null : { text: said, kind, isCaseSensitive });
    if (said !== '') void loader.readAll();
  }, [search, loader, said, kind, isCaseSensitive]);
  useEffect(() => store.subscribe(() => search.follow()), [store, search]);
  const change = (changed: Partial<FindState>) => setFind((before) => ({ ...before, ...changed }));
  /** Goes on from a line. @returns the line of the hit. */
  function go(from: number, direction: 'next' | 'previous'): number | null {
    const seq = search.neighbour(hitSeq ?? from, direction);
    setHit({ key, seq });
    return seq;
  }
  const place = hitSeq === null ? 0 : search.placeOf(hitSeq);
  return { find, change, go, hitSeq, place, searched: said, state };
}
