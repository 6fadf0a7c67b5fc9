import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { assets } from '../money.ts';
import { MoneySchema, nullable, oneOf, strictObject } from '../schema.ts';

/** A class is a model of the catalogue; simulated GPUs of it are a class of their own. */
const classFields = {
  gpu: Type.String({ description: 'Catalogue id, such as rtx-4090' }),
  name: Type.String(),
  simulated: Type.Boolean({ description: 'Not hardware: what is paid here says nothing of it' }),
};

/** Each is a price that is really asked or was really agreed: nothing lies between two of them. */
const Quartiles = strictObject({
  low: MoneySchema,
  quarter: MoneySchema,
  median: MoneySchema,
  threeQuarters: MoneySchema,
  high: MoneySchema,
});

const AskSpread = strictObject({
  gpus: Type.Integer({ description: 'GPUs of online agents that ask for something' }),
  gpusAnyPrice: Type.Integer({ description: 'GPUs of online agents that take anything' }),
  asks: nullable(Quartiles),
});

const Reference = strictObject({
  currency: Type.Literal('USD'),
  low: Type.Number(),
  median: Type.Number(),
  high: Type.Number(),
  offers: Type.Integer({ description: 'How many offers elsewhere were seen' }),
  seen: Type.String({ description: 'When and where' }),
});
export type PriceReference = Static<typeof Reference>;

export const PriceClass = strictObject({
  ...classFields,
  now: strictObject({ SOL: AskSpread, USDC: AskSpread }),
  jobs: strictObject(
    { SOL: Type.Integer(), USDC: Type.Integer() },
    { description: 'Paid ones, of all days that are looked at' },
  ),
  reference: nullable(Reference),
});
export type PriceClass = Static<typeof PriceClass>;

const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'Day in UTC' });

const FirstDay = nullable(
  Type.String({
    ...Day,
    description:
      'Later than asked for where there were too many jobs to look at, null where today alone had too many',
  }),
);

export const listPriceClasses = {
  method: 'GET',
  url: '/api/v1/marketplace/prices',
  summary: 'Classes of GPUs with what is asked for an hour now, and how many paid jobs there were',
  audience: 'public',
  tag: 'marketplace',
  schema: {
    response: {
      200: strictObject({
        from: FirstDay,
        to: Day,
        data: Type.Array(PriceClass),
        jobsWithoutClass: Type.Integer({
          description: 'Paid jobs on GPUs that the catalogue does not know, or on several kinds',
        }),
      }),
    },
  },
} as const satisfies RouteContract;

export const PriceDay = strictObject({
  day: Day,
  jobs: Type.Integer({
    description: 'Paid jobs that ended on that day; a day without any is left out',
  }),
  price: Quartiles,
});
export type PriceDay = Static<typeof PriceDay>;

export const getPriceHistory = {
  method: 'GET',
  url: '/api/v1/marketplace/prices/:gpu',
  summary: 'What paid jobs agreed on for an hour on one GPU of a class, by day',
  audience: 'public',
  tag: 'marketplace',
  schema: {
    params: strictObject({
      gpu: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,63}$', description: 'Catalogue id' }),
    }),
    querystring: strictObject({
      asset: Type.Optional(oneOf(assets, 'USDC where left out')),
      hardware: Type.Optional(oneOf(['real', 'simulated'], 'real where left out')),
      days: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: limits.priceDaysMax,
          description: '30 where left out; the last one is today',
        }),
      ),
    }),
    response: {
      200: strictObject({
        ...classFields,
        asset: oneOf(assets),
        from: FirstDay,
        to: Day,
        days: Type.Array(PriceDay),
        now: AskSpread,
        reference: nullable(Reference),
      }),
    },
  },
} as const satisfies RouteContract;
