export interface FixParts {
  /** What to do with the command; null where there is only that. */
  lead: string | null;
  command: string;
}

/**
 * A command with words before it, such as `Correct it with: node3 agent policy edit`. What is copied is
 * the command alone. Words that hold a command of their own stay with it.
 */
export function splitFix(text: string): FixParts {
  const found = /^(\p{Lu}\p{Ll}[^:"()=]*): (\S.*)$/u.exec(text);
  const [, lead, command] = found ?? [];
  return lead === undefined || command === undefined
    ? { lead: null, command: text }
    : { lead: `${lead}:`, command };
}
