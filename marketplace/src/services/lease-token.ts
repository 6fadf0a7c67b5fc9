import { createHmac } from 'node:crypto';
import { hashText } from './api-key.ts';

/**
 * Lease tokens are derived, not stored: the same execution always has the same token, so an offer
 * whose answer got lost can be given again, while the database holds only the hash.
 */
export interface LeaseTokens {
  token(executionId: string): string;
  hash(token: string): string;
}

export function createLeaseTokens(secret: string): LeaseTokens {
  return {
    token: (executionId) => createHmac('sha256', secret).update(executionId).digest('base64url'),
    hash: hashText,
  };
}
