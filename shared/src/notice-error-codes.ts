import type { ErrorDefinition } from './error-codes.ts';

/** Errors about webhooks and alerts; part of `error-codes.ts`, which would be too long. */
export const noticeErrorCodes = {
  ALERT_NOT_FOUND: {
    status: 404,
    title: 'There is no such alert',
    fix: 'List the alerts; those that are over are kept for 90 days.',
    retry: 'never',
  },
  WEBHOOK_NOT_FOUND: {
    status: 404,
    title: 'There is no such webhook',
    fix: 'Check the id; you see only webhooks of your own account.',
    retry: 'never',
  },
  WEBHOOK_DISABLED: {
    status: 409,
    title: 'The webhook is disabled',
    fix: 'Enable it first; its reason says why it was disabled.',
    retry: 'never',
  },
  DELIVERY_NOT_FOUND: {
    status: 404,
    title: 'There is no such delivery',
    fix: 'List the deliveries of the webhook; they are kept for 30 days.',
    retry: 'never',
  },
} as const satisfies Record<string, ErrorDefinition>;
