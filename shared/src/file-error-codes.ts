import type { ErrorDefinition } from './error-codes.ts';

/** What goes wrong with disks, with files of jobs and with URLs of strangers; part of the one table of errors. */
export const fileErrorCodes = {
  ARTIFACT_NOT_FOUND: {
    status: 404,
    title: 'There is no such artifact',
    fix: 'Check the id, and whether it is an artifact of this account.',
    retry: 'never',
  },
  ARTIFACT_REMOVED: {
    status: 410,
    title: 'The artifact was removed',
    fix: 'The detail says when and why. Upload the file again, or run the job again that made it.',
    retry: 'never',
  },
  ARTIFACT_STATE_INVALID: {
    status: 409,
    title: 'The artifact is in a state that does not allow this',
    fix: 'Read the upload; it says which parts have come and whether it is complete.',
    retry: 'never',
  },
  ARTIFACT_MISMATCH: {
    status: 422,
    title: 'The bytes that came are not those that were announced',
    fix: 'Upload the file again; it changed meanwhile, or the given sha256 is that of another file.',
    retry: 'never',
  },
  ARTIFACT_QUOTA: {
    status: 403,
    title: 'There is no room for these bytes',
    fix: 'Delete artifacts that nobody needs, or ask the operator for more room.',
    retry: 'later',
  },
  TRANSFERS_TOO_MANY: {
    status: 429,
    title: 'Too many files are on their way at once',
    fix: 'Wait for the seconds in the retry-after header; send and fetch fewer files at a time.',
    retry: 'later',
  },
  TRANSFER_STALLED: {
    status: 408,
    title: 'The bytes of a file came too slowly',
    fix: 'Send the part again; what has come of other parts is kept.',
    retry: 'later',
  },
  STORAGE_FULL: {
    status: 503,
    title: 'The disk of the marketplace is full',
    fix: 'Send the same request again after the seconds in the retry-after header; nothing was changed.',
    retry: 'later',
  },
  RANGE_INVALID: {
    status: 416,
    title: 'The artifact has no such bytes',
    fix: 'Ask for a range within the size that the header content-range tells.',
    retry: 'never',
  },
  LINK_NOT_FOUND: {
    status: 404,
    title: 'The job has no such link',
    fix: 'List the links of the job; those that ended long ago are gone.',
    retry: 'never',
  },
  LINK_INVALID: {
    status: 403,
    title: 'This link is not valid any more',
    fix: 'Ask whoever gave it to you for a new one; links expire and can be revoked.',
    retry: 'never',
  },
  URL_FORBIDDEN: {
    status: 422,
    title: 'This URL is not fetched',
    fix: 'Use an https URL of a public host on port 443, without a user name or password in it.',
    retry: 'never',
  },
  URL_UNREACHABLE: {
    status: 502,
    title: 'The URL did not give what was asked of it',
    fix: 'Check the URL with another program; the detail says what went wrong.',
    retry: 'later',
  },
} as const satisfies Record<string, ErrorDefinition>;
