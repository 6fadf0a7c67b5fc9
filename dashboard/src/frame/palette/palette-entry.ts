import type { TablerIcon } from '@tabler/icons-react';

/** Something the palette can do. */
export interface PaletteEntry {
  id: string;
  label: string;
  /** Beside the label, such as a job's state. */
  note?: string;
  icon: TablerIcon;
  run: () => void;
}

export interface PaletteSection {
  id: 'jobs' | 'pages' | 'actions';
  entries: readonly PaletteEntry[];
}

/** Those that have every word of the query in them, whatever their accents and capitals. */
export function matchEntries(
  entries: readonly PaletteEntry[],
  query: string,
): readonly PaletteEntry[] {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  return entries.filter(({ label }) => words.every((word) => plain(label).includes(word)));
}

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
