import type { ErrorDefinition } from './error-codes.ts';

/** Errors of sessions and sign-in; part of `error-codes.ts`, which would be too long. */
export const signInErrorCodes = {
  ORIGIN_REFUSED: {
    status: 403,
    title: 'The request does not come from a page of this marketplace',
    fix: 'Send it from a page of this marketplace with the header "X-Node3-CSRF: 1", or use an API key.',
    retry: 'never',
  },
  SESSION_NOT_FOUND: {
    status: 404,
    title: 'There is no such session',
    fix: 'Look at the list of sessions; this one may have ended.',
    retry: 'never',
  },
  DEVICE_LOGIN_NOT_FOUND: {
    status: 404,
    title: 'There is no login with this code',
    fix: 'Compare the code with the one that is shown; it works for ten minutes and is decided once.',
    retry: 'never',
  },
  DEVICE_LOGIN_PENDING: {
    status: 400,
    title: 'Nobody has decided about this login yet',
    fix: 'Ask again after the interval.',
    retry: 'later',
  },
  DEVICE_LOGIN_TOO_FAST: {
    status: 400,
    title: 'It was asked again before the interval was over',
    fix: 'Wait five seconds longer between two requests from now on.',
    retry: 'later',
  },
  DEVICE_LOGIN_DENIED: {
    status: 400,
    title: 'The login was denied',
    fix: 'Ask who denied it, and begin again where it was a mistake.',
    retry: 'never',
  },
  DEVICE_LOGIN_EXPIRED: {
    status: 400,
    title: 'The login was not approved in time',
    fix: 'Begin again, and approve it within ten minutes.',
    retry: 'never',
  },
  DEVICE_CODE_INVALID: {
    status: 400,
    title: 'The device code is unknown or used',
    fix: 'Begin again with a new device authorization.',
    retry: 'never',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** The words of RFC 6749 and RFC 8628 for them; problems carry them as `error`. */
export const oauthErrors: Readonly<Record<string, string>> = {
  DEVICE_LOGIN_PENDING: 'authorization_pending',
  DEVICE_LOGIN_TOO_FAST: 'slow_down',
  DEVICE_LOGIN_DENIED: 'access_denied',
  DEVICE_LOGIN_EXPIRED: 'expired_token',
  DEVICE_CODE_INVALID: 'invalid_grant',
};
