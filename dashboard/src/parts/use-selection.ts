import { useState } from 'react';

/** Which of the rows that are shown are selected. */
export interface Selection {
  /** In the order of the rows. */
  ids: string[];
  isAll: boolean;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  replace: (ids: ReadonlySet<string>) => void;
  selectAll: () => void;
  clear: () => void;
}

/** A row that isn't shown any more isn't selected any more: nobody acts on what they don't see. */
export function useSelection(shown: readonly string[]): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const ids = shown.filter((id) => selected.has(id));
  return {
    ids,
    isAll: shown.length > 0 && ids.length === shown.length,
    has: (id) => selected.has(id),
    toggle(id) {
      setSelected(new Set(selected.has(id) ? ids.filter((other) => other !== id) : [...ids, id]));
    },
    replace: setSelected,
    selectAll: () => setSelected(new Set(shown)),
    clear: () => setSelected(new Set()),
  };
}
