import { Code } from '@mantine/core';
import { constraintWords } from '@node3/shared/constraint-words';
import { reasonNames, reasons } from '@node3/shared/job-state';
import type { KeyScope } from '@node3/shared/key-scopes';
import { isPayoutReason } from '@node3/shared/payout-reasons';
import type { Health, HealthCheck } from '@node3/shared/routes/health';
import { useTranslation } from 'react-i18next';
import type { Static } from 'typebox';
import { Said } from './error-words.tsx';

/** What a server wrote for people and no code stands for: its own words, marked as English. */
export function ServerText({ text }: { text: string }) {
  const { i18n } = useTranslation();
  return <Said text={text} isForeign={i18n.language !== 'en'} />;
}

/** Why a job ended, of which only the sentence was told. */
export function ReasonText({ sentence }: { sentence: string }) {
  const { t } = useTranslation();
  const reason = reasonNames.find((name) => reasons[name].sentence === sentence);
  return reason === undefined ? <ServerText text={sentence} /> : t(`reason.${reason}.sentence`);
}

/** Why a payout is held or waits. A reason that is not known is shown as it came. */
export function PayoutReasonText({ reason }: { reason: string }) {
  const { t } = useTranslation();
  return isPayoutReason(reason) ? t(`payout.reason.${reason}`) : <Code>{reason}</Code>;
}

type ConstraintWord = keyof typeof constraintWords;

export function isConstraintWord(constraint: string): constraint is ConstraintWord {
  return Object.hasOwn(constraintWords, constraint);
}

/** A requirement of a job in words, beside the field that sets it. */
export function ConstraintText({ constraint, pointer }: { constraint: string; pointer?: string }) {
  const { t } = useTranslation();
  const field = pointer === undefined || pointer === '' ? null : pointer;
  if (!isConstraintWord(constraint)) return <Code>{field ?? constraint}</Code>;
  return (
    <>
      {t(`constraint.${constraint}`)}
      {field !== null && (
        <>
          {' '}
          <Code className="break">{field}</Code>
        </>
      )}
    </>
  );
}

/** What a key may do, in words with the word that programs use. */
export function ScopeText({ scope }: { scope: KeyScope }) {
  const { t } = useTranslation();
  return (
    <>
      {t(`scope.word.${scope}`)} <Code>{scope}</Code>
    </>
  );
}

interface HealthTextProps {
  name: keyof Health['checks'];
  check: Static<typeof HealthCheck>;
}

/** What the marketplace says of one part of it; in another language from the part and its state. */
export function HealthText({ name, check }: HealthTextProps) {
  const { t, i18n } = useTranslation();
  const { state, detail } = check;
  if (i18n.language === 'en') return detail;
  return (
    <>
      {t(`health.says.${name}.${state}`)} {state !== 'ok' && <ServerText text={detail} />}
    </>
  );
}
