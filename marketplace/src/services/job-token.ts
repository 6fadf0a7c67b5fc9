import { createHmac } from 'node:crypto';
import { equalsSecret } from './api-key.ts';

/**
 * Lets somebody without an account follow and cancel one job. Derived, not stored: a request that is
 * repeated gets the same token again.
 */
export interface JobTokens {
  token(jobId: string): string;
  isFor(jobId: string, token: string): boolean;
}

export const jobTokenPrefix = 'n3_job_';

export function createJobTokens(secret: string): JobTokens {
  const token = (jobId: string) => {
    // The secret also makes lease tokens; the word in front keeps the two kinds apart.
    const hash = createHmac('sha256', secret).update(`job-token:${jobId}`).digest('base64url');
    return jobTokenPrefix + hash;
  };
  return { token, isFor: (jobId, given) => equalsSecret(given, token(jobId)) };
}
