import { type Said, say } from '@node3/shared/agent-sentences';
import { ConfigError } from '@node3/shared/env';

/** What is wrong with a policy, or in one field of it. */
export class PolicyError extends ConfigError {
  readonly said: Said;
  /** Into the policy, such as `/hours/0`; null for the policy as a whole. */
  readonly pointer: string | null;

  constructor(said: Said, pointer: string | null = null) {
    super('The policy', 'is wrong', said.text);
    this.message = said.text;
    this.said = said;
    this.pointer = pointer;
  }
}

/** The file can't be used; the agent does not start with it. */
export class PolicyUnusableError extends ConfigError {
  readonly said: Said;

  constructor(path: string, said: Said) {
    super(path, 'can not be used', said.text);
    this.said = said;
  }
}

/** Also of what is no fault of the policy, such as a file that may not be read. */
export function sayPolicyError(error: unknown): Said {
  if (error instanceof PolicyError) return error.said;
  return say('policyUnread', { cause: error instanceof Error ? error.message : String(error) });
}
