/** Where in the sheet of shortcuts one stands. */
export const shortcutGroups = ['everywhere', 'go', 'list', 'job', 'log'] as const;
export type ShortcutGroup = (typeof shortcutGroups)[number];

interface Shortcut {
  /** Presses one after the other, such as `g j`; `mod` is Ctrl, or Command on a Mac. */
  keys: string;
  group: ShortcutGroup;
}

/** Every shortcut there is. What it does is told by `key.<id>` of the texts of `core`. */
export const shortcuts = {
  palette: { keys: 'mod+k', group: 'everywhere' },
  sheet: { keys: '?', group: 'everywhere' },
  newJob: { keys: 'n', group: 'everywhere' },
  goHome: { keys: 'g h', group: 'go' },
  goJobs: { keys: 'g j', group: 'go' },
  goProviders: { keys: 'g p', group: 'go' },
  goWallet: { keys: 'g w', group: 'go' },
  goMarket: { keys: 'g m', group: 'go' },
  goSettings: { keys: 'g s', group: 'go' },
  search: { keys: '/', group: 'list' },
  next: { keys: 'j', group: 'list' },
  previous: { keys: 'k', group: 'list' },
  select: { keys: 'x', group: 'list' },
  cancel: { keys: 'c', group: 'job' },
  rerun: { keys: 'r', group: 'job' },
  logs: { keys: 'l', group: 'job' },
  previousTab: { keys: '[', group: 'job' },
  nextTab: { keys: ']', group: 'job' },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof shortcuts;
