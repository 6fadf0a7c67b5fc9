import { ConfigError } from '@node3/shared/env';

/** What is wrong in one field of a policy. */
export class PolicyError extends ConfigError {
  /** Into the policy, such as `/hours/0`. */
  readonly pointer: string;

  constructor(pointer: string, fix: string) {
    super('The policy', `is wrong at ${pointer}`, fix);
    this.pointer = pointer;
  }
}
