import { type FieldProblem, MarketError } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import { isFieldRule } from '@node3/shared/field-rules';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useFormat } from './use-format.ts';

/** A sentence, and whether it is in the server's language and not in the reader's. */
export interface Sentence {
  text: string;
  isForeign: boolean;
}

export interface ErrorWords {
  title: string;
  /** What the server says of this case; none where that is its title or its fields say it. */
  details: Sentence[];
  /** Fields of the case that a page can name, such as the limit; told where no detail is readable. */
  facts: string[];
  fix: string | null;
}

export interface Reader {
  t: TFunction;
  format: Pick<ReturnType<typeof useFormat>, 'language' | 'number' | 'money' | 'duration'>;
}

/** What to tell of an error in the reader's language. */
export function useErrorWords(): (error: unknown) => ErrorWords {
  const { t } = useTranslation();
  const format = useFormat();
  return (error) => errorWords({ t, format }, error);
}

/** From its code and its fields, never from English text. */
export function errorWords(reader: Reader, error: unknown): ErrorWords {
  const { t, format } = reader;
  const isForeign = format.language !== 'en';
  if (!(error instanceof MarketError)) {
    const text = error instanceof Error ? error.message : String(error);
    return { title: t('error.unexpected'), details: [{ text, isForeign }], facts: [], fix: null };
  }
  const details = detailsOf(t, error, isForeign);
  return {
    title: t(`error.${error.code}.title`),
    details,
    facts: details.some((one) => !one.isForeign) ? [] : factsOf(reader, error),
    fix: t(`error.${error.code}.fix`),
  };
}

/** What one field broke, in the reader's language where the server names the rule. */
export function sayField(t: TFunction, problem: FieldProblem, isForeign: boolean): Sentence {
  const { detail, rule, values } = problem;
  if (!isFieldRule(rule)) return { text: detail, isForeign };
  return { text: t(`field.${rule}`, values ?? {}), isForeign: false };
}

function detailsOf(t: TFunction, { code, context }: MarketError, isForeign: boolean): Sentence[] {
  const { address, detail, errors = [] } = context;
  if (code === 'MARKETPLACE_UNREACHABLE' && typeof address === 'string') {
    return [{ text: t('error.silent', { address }), isForeign: false }];
  }
  // The detail of wrong fields is the list of them.
  if (errors.some(({ rule }) => isFieldRule(rule))) {
    return errors.map((problem) => {
      const said = sayField(t, problem, isForeign);
      return { ...said, text: `${problem.pointer || '/'} ${said.text}` };
    });
  }
  // Where the server has no more to say of the case, its detail begins with the title of the code.
  if (detail === undefined || detail.startsWith(errorCodes[code].title)) return [];
  return [{ text: detail, isForeign }];
}

function factsOf({ t, format }: Reader, { code, context }: MarketError): string[] {
  const { asset, max, missing, retryAfterSec, scope, state } = context;
  const facts: string[] = [];
  if (typeof state === 'string')
    facts.push(t('error.fact.state', { value: stateOf(t, code, state) }));
  if (typeof max === 'number') facts.push(t('error.fact.max', { value: format.number(max) }));
  if (typeof missing === 'string' && (asset === 'SOL' || asset === 'USDC')) {
    facts.push(t('error.fact.missing', { value: format.money({ amount: missing, asset }) }));
  }
  if (typeof scope === 'string') facts.push(t('error.fact.scope', { value: scope }));
  if (typeof retryAfterSec === 'number') {
    facts.push(t('error.fact.wait', { value: format.duration(retryAfterSec * 1_000) }));
  }
  return facts;
}

const stateKinds: Record<string, 'job' | 'payout'> = {
  JOB_STATE_INVALID: 'job',
  PAYOUT_STATE_INVALID: 'payout',
};

function stateOf(t: TFunction, code: string, state: string): string {
  const kind = stateKinds[code];
  if (kind === undefined) return state;
  return t(`${kind}.state.${state}` as 'job.state.queued', { defaultValue: state });
}
