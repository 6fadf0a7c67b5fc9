const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

/** What `mod` of the keyboard map is called on this machine. */
export const modKey = isMac ? '⌘' : 'Ctrl';
