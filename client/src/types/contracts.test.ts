import type { BodyOf, QueryOf, ReplyOf, RouteContract } from '@node3/shared/contract';
import type { JobSpecInput } from '@node3/shared/job-spec';
import type * as accounts from '@node3/shared/routes/accounts';
import type * as artifacts from '@node3/shared/routes/artifacts';
import type * as caps from '@node3/shared/routes/caps';
import type * as deposits from '@node3/shared/routes/deposits';
import type * as events from '@node3/shared/routes/events';
import type * as explain from '@node3/shared/routes/explain';
import type * as bulk from '@node3/shared/routes/job-bulk';
import type * as jobLinks from '@node3/shared/routes/job-links';
import type * as jobs from '@node3/shared/routes/jobs';
import type * as keys from '@node3/shared/routes/keys';
import type * as market from '@node3/shared/routes/marketplace';
import type * as quotes from '@node3/shared/routes/quotes';
import type * as ratings from '@node3/shared/routes/ratings';
import type * as receipts from '@node3/shared/routes/receipts';
import type * as schedules from '@node3/shared/routes/schedules';
import type * as snippets from '@node3/shared/routes/snippets';
import type * as templates from '@node3/shared/routes/templates';
import type * as usage from '@node3/shared/routes/usage';
import type * as webhooks from '@node3/shared/routes/webhooks';
import type * as withdrawals from '@node3/shared/routes/withdrawals';
import type * as x402 from '@node3/shared/routes/x402';
import { describe, expectTypeOf, it } from 'vitest';
import type { CancelSelection } from '../jobs/jobs.ts';
import type { JobListOptions } from '../jobs/list-jobs.ts';
import type { Asset, WireMoney } from '../money.ts';
import type * as account from './account.ts';
import type { Artifact, JobArtifact, RemovedArtifact, Upload } from './artifact.ts';
import type { AccountEvent, Delivery, Webhook, WebhookWithSecret } from './event.ts';
import type { JobDetail, JobSummary, LogLine, PaidJob } from './job.ts';
import type { JobLink, NewJobLink, ShareInput } from './job-link.ts';
import type { JobSpec, JobState } from './job-spec.ts';
import type { Key, KeyInput, NewKey } from './key.ts';
import type { Overview, PublicAgent, PublicJob, Rating } from './marketplace.ts';
import type { Explanation, Quote } from './matching.ts';
import type { SignedReceipt } from './receipt.ts';
import type { Schedule, ScheduleInput, ScheduleSummary } from './schedule.ts';
import type { Snippet, SnippetInput, SnippetSummary } from './snippet.ts';
import type {
  GalleryTemplate,
  Template,
  TemplatePreview,
  TemplateRun,
  TemplateSummary,
} from './template.ts';
import type { Usage, UsageGroup } from './usage.ts';

/**
 * The types of this package are written for its readers and stand alone. The compiler compares them here
 * with the contracts that the server is made of: a field that is new there, or gone, is an error here.
 */

/** What a type is on the wire, with nothing left of how it was written. */
type Wire<T> = [T] extends [WireMoney]
  ? MoneyOnWire
  : T extends WireMoney
    ? MoneyOnWire
    : T extends readonly (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { [Name in keyof T]: Wire<T[Name]> }
        : T;
/** Of both of its forms: a union of the two is one. */
type MoneyOnWire = { amount: string; asset: Asset };
type Listed<C extends RouteContract> = ReplyOf<C> extends { data: (infer Item)[] } ? Item : never;

describe('the types of this package', () => {
  it('are the answers of the marketplace', () => {
    expectTypeOf<Wire<JobDetail>>().toEqualTypeOf<Wire<ReplyOf<typeof jobs.getJob>>>();
    expectTypeOf<Wire<PaidJob['payment']>>().toEqualTypeOf<
      Wire<ReplyOf<typeof x402.createX402Job>['payment']>
    >();
    expectTypeOf<Wire<JobSummary>>().toEqualTypeOf<Wire<Listed<typeof jobs.listJobs>>>();
    expectTypeOf<Wire<LogLine>>().toEqualTypeOf<Wire<Listed<typeof jobs.getJobLogs>>>();
    expectTypeOf<Wire<Explanation>>().toEqualTypeOf<Wire<ReplyOf<typeof explain.explainJob>>>();
    expectTypeOf<Wire<Quote>>().toEqualTypeOf<Wire<ReplyOf<typeof quotes.createQuote>>>();
    expectTypeOf<Wire<SignedReceipt>>().toEqualTypeOf<Wire<ReplyOf<typeof receipts.getReceipt>>>();
    expectTypeOf<Wire<Rating>>().toEqualTypeOf<Wire<ReplyOf<typeof ratings.rateJob>>>();
    expectTypeOf<Wire<AccountEvent>>().toEqualTypeOf<Wire<Listed<typeof events.listEvents>>>();
    expectTypeOf<Wire<account.Account>>().toEqualTypeOf<
      Wire<ReplyOf<typeof accounts.getAccount>>
    >();
    expectTypeOf<Wire<account.Caps>>().toEqualTypeOf<Wire<ReplyOf<typeof caps.getCaps>>>();
    expectTypeOf<Wire<account.Deposit>>().toEqualTypeOf<
      Wire<Listed<typeof deposits.listDeposits>>
    >();
    expectTypeOf<Wire<account.DepositLink>>().toEqualTypeOf<
      Wire<ReplyOf<typeof deposits.getDepositIntent>>
    >();
    expectTypeOf<Wire<account.Withdrawal>>().toEqualTypeOf<
      Wire<ReplyOf<typeof withdrawals.getWithdrawal>>
    >();
    expectTypeOf<Wire<Artifact>>().toEqualTypeOf<Wire<ReplyOf<typeof artifacts.getArtifact>>>();
    expectTypeOf<Wire<JobArtifact>>().toEqualTypeOf<
      Wire<Listed<typeof artifacts.listJobArtifacts>>
    >();
    expectTypeOf<Wire<RemovedArtifact>>().toEqualTypeOf<
      Wire<Listed<typeof artifacts.listRemovedArtifacts>>
    >();
    expectTypeOf<Wire<Key>>().toEqualTypeOf<Wire<Listed<typeof keys.listKeys>>>();
    expectTypeOf<Wire<NewKey>>().toEqualTypeOf<Wire<ReplyOf<typeof keys.rotateKey>>>();
    expectTypeOf<Wire<Usage>>().toEqualTypeOf<Wire<ReplyOf<typeof usage.getUsage>>>();
    expectTypeOf<Wire<Upload>>().toEqualTypeOf<Wire<ReplyOf<typeof artifacts.getUpload>>>();
    expectTypeOf<Wire<Schedule>>().toEqualTypeOf<Wire<ReplyOf<typeof schedules.getSchedule>>>();
    expectTypeOf<Wire<ScheduleSummary>>().toEqualTypeOf<
      Wire<Listed<typeof schedules.listSchedules>>
    >();
    expectTypeOf<Wire<JobLink>>().toEqualTypeOf<Wire<Listed<typeof jobLinks.listJobLinks>>>();
    expectTypeOf<Wire<NewJobLink>>().toEqualTypeOf<Wire<ReplyOf<typeof jobLinks.createJobLink>>>();
    expectTypeOf<Wire<Snippet>>().toEqualTypeOf<Wire<ReplyOf<typeof snippets.getSnippet>>>();
    expectTypeOf<Wire<SnippetSummary>>().toEqualTypeOf<
      Wire<Listed<typeof snippets.listSnippets>>
    >();
    expectTypeOf<Wire<Template>>().toEqualTypeOf<Wire<ReplyOf<typeof templates.getTemplate>>>();
    expectTypeOf<Wire<GalleryTemplate>>().toEqualTypeOf<
      Wire<Listed<typeof templates.listGallery>>
    >();
    expectTypeOf<Wire<TemplateSummary>>().toEqualTypeOf<
      Wire<Listed<typeof templates.listTemplates>>
    >();
    expectTypeOf<Wire<TemplatePreview>>().toEqualTypeOf<
      Wire<ReplyOf<typeof templates.previewTemplate>>
    >();
    expectTypeOf<Wire<Webhook>>().toEqualTypeOf<Wire<ReplyOf<typeof webhooks.getWebhook>>>();
    expectTypeOf<Wire<WebhookWithSecret>>().toEqualTypeOf<
      Wire<ReplyOf<typeof webhooks.createWebhook>>
    >();
    expectTypeOf<Wire<Delivery>>().toEqualTypeOf<Wire<Listed<typeof webhooks.listDeliveries>>>();
    expectTypeOf<Wire<Overview>>().toEqualTypeOf<Wire<ReplyOf<typeof market.getOverview>>>();
    expectTypeOf<Wire<PublicJob>>().toEqualTypeOf<Wire<Listed<typeof market.listPublicJobs>>>();
    expectTypeOf<Wire<PublicAgent>>().toEqualTypeOf<Wire<ReplyOf<typeof market.getPublicAgent>>>();
  });

  it('are the requests that it takes', () => {
    expectTypeOf<Wire<JobSpec>>().toEqualTypeOf<Wire<JobSpecInput>>();
    expectTypeOf<Wire<ScheduleInput>>().toEqualTypeOf<
      Wire<BodyOf<typeof schedules.createSchedule>>
    >();
    expectTypeOf<Wire<SnippetInput>>().toEqualTypeOf<Wire<BodyOf<typeof snippets.createSnippet>>>();
    expectTypeOf<Wire<ShareInput>>().toEqualTypeOf<Wire<BodyOf<typeof jobLinks.createJobLink>>>();
    expectTypeOf<Wire<TemplateRun>>().toEqualTypeOf<Wire<BodyOf<typeof templates.runTemplate>>>();
    expectTypeOf<Wire<CancelSelection & { cursor?: string }>>().toEqualTypeOf<
      Wire<BodyOf<typeof bulk.cancelJobs>>
    >();
    expectTypeOf<KeyInput>().toEqualTypeOf<BodyOf<typeof keys.createKey>>();
    expectTypeOf<UsageGroup>().toEqualTypeOf<usage.UsageGroup>();
    // Every filter of the contract is asked for by an option, if by another name.
    expectTypeOf<keyof QueryOf<typeof jobs.listJobs>>().toEqualTypeOf<
      | 'state'
      | 'type'
      | 'label'
      | 'q'
      | 'cursor'
      | keyof Pick<
          JobListOptions,
          | 'gpu'
          | 'dependsOn'
          | 'rerunOf'
          | 'createdAfter'
          | 'createdBefore'
          | 'finishedAfter'
          | 'finishedBefore'
          | 'sort'
          | 'fields'
          | 'count'
          | 'limit'
        >
    >();
    expectTypeOf<Delivery['state']>().toEqualTypeOf<
      NonNullable<QueryOf<typeof webhooks.listDeliveries>['state']>
    >();
  });

  it('have its words', () => {
    expectTypeOf<JobState>().toEqualTypeOf<jobs.JobSummary['state']>();
  });
});
