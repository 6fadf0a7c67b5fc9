/** One thing that was looked at. `skipped`: it could not be looked at, and `sentence` says why. */
export interface Check {
  name: string;
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  sentence: string;
  /** The command or act that mends it; null for what is well. */
  fix: string | null;
}

export function ok(name: string, sentence: string): Check {
  return { name, state: 'ok', sentence, fix: null };
}

export function failed(name: string, sentence: string, fix: string): Check {
  return { name, state: 'failed', sentence, fix };
}

export function warning(name: string, sentence: string, fix: string): Check {
  return { name, state: 'warning', sentence, fix };
}

export function skipped(name: string, sentence: string): Check {
  return { name, state: 'skipped', sentence, fix: null };
}
