import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import type { CsvColumn } from '../csv.ts';
import { LabelName } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { id, MoneySchema, nullable, oneOf, strictObject } from '../schema.ts';

/** What usage can be told apart by. */
export const usageGroups = ['day', 'key', 'gpu', 'label'] as const;
export type UsageGroup = (typeof usageGroups)[number];

/** And what an operator can besides. */
export const customerUsageGroups = ['account', ...usageGroups] as const;
export type CustomerUsageGroup = (typeof customerUsageGroups)[number];

const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'Day in UTC' });

export const UsageRow = strictObject({
  day: nullable(
    Type.String({ description: 'UTC day on which the jobs ended; null where not grouped by day' }),
  ),
  keyId: nullable(
    Type.String({
      description: 'Key that posted the jobs; null where not grouped by key, or none',
    }),
  ),
  gpu: nullable(
    Type.String({
      description:
        'Catalogue id of the first GPU of the jobs, such as rtx-4090; null where not grouped by gpu, or none',
    }),
  ),
  label: nullable(
    Type.String({
      description:
        'Value of the label that was asked for; null where not grouped by label, or where the jobs have none of that name',
    }),
  ),
  jobs: Type.Integer({ description: 'Jobs that ended, also those that cost nothing' }),
  gpuMs: Type.Integer({
    description: 'Milliseconds of charged runs, times the GPUs of each; 0 for runs without GPUs',
  }),
  runMs: Type.Integer({ description: 'Milliseconds of charged runs' }),
  charged: MoneySchema,
});
export type UsageRow = Static<typeof UsageRow>;

export const UsageView = strictObject({
  from: Day,
  to: Day,
  data: Type.Array(UsageRow, { description: 'By day, key, GPU, label and asset, in this order' }),
});
export type UsageView = Static<typeof UsageView>;

const selection = {
  from: Type.Optional(Day),
  to: Type.Optional(Type.String({ ...Day, description: 'Last day, with all of it' })),
  groupBy: Type.Optional(
    Type.String({
      pattern: '^(day|key|gpu|label)(,(day|key|gpu|label)){0,3}$',
      description: 'Commas between them; day where left out',
    }),
  ),
  label: Type.Optional(
    LabelName({ description: 'Name of the label whose values are told apart, to group by label' }),
  ),
};

/** The same of several accounts. */
export const CustomerUsageRow = strictObject({
  accountId: nullable(
    Type.String({ description: 'Who posted the jobs; null where not grouped by account' }),
  ),
  accountName: nullable(Type.String()),
  ...UsageRow.properties,
});
export type CustomerUsageRow = Static<typeof CustomerUsageRow>;

export const getCustomerUsage = {
  method: 'GET',
  url: '/api/v1/admin/usage',
  summary: 'What the jobs of all accounts, or of one, used and cost',
  audience: 'operator',
  tag: 'admin',
  schema: {
    querystring: strictObject({
      from: Type.Optional(Day),
      to: Type.Optional(Type.String({ ...Day, description: 'Last day, with all of it' })),
      accountId: Type.Optional(id('account')),
      groupBy: Type.Optional(
        Type.String({
          pattern: '^(account|day|key|gpu|label)(,(account|day|key|gpu|label)){0,4}$',
          description: 'Commas between them; account where left out',
        }),
      ),
      label: selection.label,
    }),
    response: {
      200: strictObject({ from: Day, to: Day, data: Type.Array(CustomerUsageRow) }),
    },
  },
} as const satisfies RouteContract;

/** Open jobs are not in it: nobody knows what they will cost. */
export const getUsage = {
  method: 'GET',
  url: '/api/v1/usage',
  summary: 'What the jobs of an account used and cost, by day, key, class of GPU and label',
  audience: 'requester',
  tag: 'accounts',
  schema: {
    querystring: strictObject(selection),
    response: { 200: UsageView },
  },
} as const satisfies RouteContract;

/** What `label` of the usage can be. */
export const getUsageLabels = {
  method: 'GET',
  url: '/api/v1/usage/labels',
  summary: 'Names of the labels that jobs of an account have',
  audience: 'requester',
  tag: 'accounts',
  schema: {
    response: {
      200: strictObject({
        data: Type.Array(Type.String(), {
          description: `In order; the first ${limits.usageLabelsMax} where there are more`,
        }),
      }),
    },
  },
} as const satisfies RouteContract;

export const usageFormats = ['csv', 'jsonl'] as const;
export type UsageFormat = (typeof usageFormats)[number];

/**
 * In the order in which the jobs ended, as fast as it is read: a period may be as long as is wanted. Of
 * sums that are more than a day's memory holds, one group may have several rows, which add up to it.
 */
export const exportUsage = {
  method: 'GET',
  url: '/api/v1/usage/export',
  summary: 'The same over any period, as CSV or as one JSON object a line',
  audience: 'requester',
  tag: 'accounts',
  schema: {
    querystring: strictObject({
      ...selection,
      format: Type.Optional(oneOf(usageFormats, 'csv where left out')),
    }),
    response: {
      200: Type.String({ description: 'text/csv or application/x-ndjson; cut off if it fails' }),
    },
  },
} as const satisfies RouteContract;

export const usageColumns: readonly CsvColumn<UsageRow>[] = [
  { title: 'day', value: (row) => row.day },
  { title: 'keyId', value: (row) => row.keyId },
  { title: 'gpu', value: (row) => row.gpu },
  { title: 'label', value: (row) => row.label },
  { title: 'jobs', value: (row) => row.jobs },
  { title: 'gpuMs', value: (row) => row.gpuMs },
  { title: 'runMs', value: (row) => row.runMs },
  { title: 'charged', value: (row) => row.charged.amount },
  { title: 'asset', value: (row) => row.charged.asset },
];
