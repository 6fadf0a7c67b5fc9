import type { ErrorDefinition } from './error-codes.ts';

/** What goes wrong with schedules, snippets and templates; part of the one table of errors. */
export const keptWorkErrorCodes = {
  SCHEDULE_NOT_FOUND: {
    status: 404,
    title: 'There is no such schedule',
    fix: 'Check the id; you see only schedules of your own account.',
    retry: 'never',
  },
  SCHEDULE_STATE_INVALID: {
    status: 409,
    title: 'The schedule is in a state that does not allow this',
    fix: 'Read the schedule; its state and reason say what happened.',
    retry: 'never',
  },
  SNIPPET_NOT_FOUND: {
    status: 404,
    title: 'There is no such snippet',
    fix: 'Check the id; you see only snippets of your own account.',
    retry: 'never',
  },
  SNIPPET_NAME_TAKEN: {
    status: 409,
    title: 'Another snippet of yours has this name',
    fix: 'Change that one, or give this one another name.',
    retry: 'never',
  },
  TEMPLATE_NOT_FOUND: {
    status: 404,
    title: 'There is no such template, or no such version of it',
    fix: 'Check the id; you see only templates of your own account.',
    retry: 'never',
  },
  TEMPLATE_ARCHIVED: {
    status: 409,
    title: 'The template is archived',
    fix: 'Use another template, or create this one again.',
    retry: 'never',
  },
} as const satisfies Record<string, ErrorDefinition>;
