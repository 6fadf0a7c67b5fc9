import { useState } from 'react';

/** Which of the rows that are shown are selected. */
export interface Selection {
  /** In the order of the rows. */
  ids: string[];
  isAll: boolean;
  has(id: string): boolean;
  toggle(id: string): void;
  toggleAll(): void;
  clear(): void;
}

/** A row that isn't shown any more isn't selected any more: nobody acts on what they don't see. */
export function useSelection(shown: readonly string[]): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const ids = shown.filter((id) => selected.has(id));
  const isAll = shown.length > 0 && ids.length === shown.length;
  return {
    ids,
    isAll,
    has: (id) => selected.has(id),
    toggle(id) {
      setSelected(new Set(selected.has(id) ? ids.filter((other) => other !== id) : [...ids, id]));
    },
    toggleAll: () => setSelected(new Set(isAll ? [] : shown)),
    clear: () => setSelected(new Set()),
  };
}
