/** Whose event something is: a process, which may be dead, or stand still for a while. */
export interface Owner {
  readonly name: string;
  /** Nothing of a dead process happens any more. */
  dead: boolean;
  /** Until then nothing of it happens; 0 while it runs. */
  stillUntilMs: number;
  /** Why it stands still: a machine that sleeps stops its timers, a process that stalls does not. */
  stillness: 'stalled' | 'asleep';
  /** When it fell asleep. */
  stillSinceMs: number;
}

export function newOwner(name: string): Owner {
  return { name, dead: false, stillUntilMs: 0, stillness: 'stalled', stillSinceMs: 0 };
}
