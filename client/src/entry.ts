/** What `@node3/client` gives. A package has one door, so this list is the only one of its kind. */

export type { AccountCalls, UsageOptions } from './account.ts';
export type { BudgetOptions, Caps as BudgetCaps } from './budget.ts';
export {
  ApiError,
  BudgetError,
  ConnectionError,
  ContentError,
  type FieldProblem,
  isApiError,
  JobFailedError,
  type MatchProblem,
  Node3Error,
  OptionError,
  type PaymentProblem,
  WebhookError,
} from './errors.ts';
export type { EventSelection, Events } from './events.ts';
export type { ArtifactRef, Artifacts } from './files/artifacts.ts';
export type { Download, DownloadOptions } from './files/download.ts';
export type { Source } from './files/source-bytes.ts';
export type { UploadOptions } from './files/upload.ts';
export { type ChangeOptions, etagOf } from './http/if-match.ts';
export type { ListOptions, Page, Pages } from './http/pages.ts';
export type { FollowOptions } from './http/patience.ts';
export type { CallOptions, PostOptions } from './http/transport.ts';
export type { WaitOptions } from './jobs/await-job.ts';
export { isEnded, type JobRef } from './jobs/job-ref.ts';
export type {
  CancelRow,
  CancelSelection,
  CreateOptions,
  Jobs,
  RunOptions,
} from './jobs/jobs.ts';
export type { JobListOptions } from './jobs/list-jobs.ts';
export type { PaymentRequired, PaymentRequirement, X402Options } from './jobs/pay-for-job.ts';
export type { BatchRow } from './jobs/post-many.ts';
export type { LogOptions } from './jobs/read-logs.ts';
export type { Keys } from './keys.ts';
export type { Marketplace } from './marketplace.ts';
export { type Asset, Money, type MoneyInput, sol, usdc, type WireMoney } from './money.ts';
export { type ApiRequest, Node3, type Node3Options } from './node3.ts';
export type { CostOptions, FirmQuote, Quotes } from './quotes.ts';
export type { Schedules } from './schedules.ts';
export type { SnippetListOptions, Snippets } from './snippets.ts';
export type { Templates } from './templates.ts';
export type * from './types/account.ts';
export type * from './types/artifact.ts';
export type { ErrorCode } from './types/error-code.ts';
export type * from './types/event.ts';
export type * from './types/job.ts';
export type * from './types/job-link.ts';
export type * from './types/job-spec.ts';
export type * from './types/key.ts';
export type * from './types/marketplace.ts';
export type * from './types/matching.ts';
export type * from './types/receipt.ts';
export type * from './types/schedule.ts';
export type * from './types/snippet.ts';
export type * from './types/template.ts';
export type * from './types/usage.ts';
export { type VerifyInput, verifyWebhook, type WebhookMessage } from './verify-webhook.ts';
export type { Webhooks } from './webhooks.ts';
