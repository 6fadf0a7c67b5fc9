import type { Said, SaidValues } from '@node3/shared/agent-sentences';
import { isXidFault } from '@node3/shared/device-faults';
import { type ErrorCode, errorCodes } from '@node3/shared/error-codes';
import type { LocalDevice } from '@node3/shared/routes/agent-devices';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Sentence } from '../../i18n/use-error-words.ts';
import { ServerText } from '../../parts/server-words.tsx';
import { isKnown, spokenValues, wordsOf } from './said-values.ts';

type LastProof = NonNullable<AgentStatus['proofs']>[number];
type XidReport = NonNullable<LocalDevice['xids']>[number];

/** Sentences of the agent in the reader's language, by their codes. */
export function AgentSaid({ said }: { said: readonly Said[] }) {
  return said.map((one, index) => (
    <Fragment key={`${index} ${one.text}`}>
      {index > 0 && ' '}
      <OneSaid {...one} />
    </Fragment>
  ));
}

function OneSaid({ text, code, values }: Said) {
  const { t, i18n } = useTranslation();
  return isKnown(code) && values !== undefined ? (
    t(`said.${code}`, spokenValues(t, i18n.language, values))
  ) : (
    <ServerText text={text} />
  );
}

/** How a proof went, with why it could not be tried; what has no words is told as it is. */
export function useProofWords(): (proof: LastProof) => string {
  const { t, i18n } = useTranslation();
  return ({ finding, state }) => {
    const key = `proof.why.${finding}`;
    const words = i18n.exists(key) ? t(key as 'proof.why.busy') : finding;
    return t(`proof.${state}`, { finding: words });
  };
}

/** What an Xid means: its own words where it is a fault of the card. */
export function useXidWords(): (xid: Pick<XidReport, 'blame' | 'code' | 'sentence'>) => string {
  const { t } = useTranslation();
  return ({ blame, code, sentence }) => {
    if (isXidFault(code)) return t(`xid.${code}`);
    return blame === 'device' ? sentence : t(`xid.${blame}`);
  };
}

interface Finding {
  code?: string;
  sentence: string;
  fix: string | null;
  values?: SaidValues;
}

/** What is wrong and what mends it. What the marketplace refused is told as its error is. */
export function useFinding(): (finding: Finding) => {
  sentence: Sentence;
  fix: Sentence | null;
} {
  const { t, i18n } = useTranslation();
  return ({ code, sentence, fix, values }) => {
    const told = (text: string) => ({ text, isForeign: i18n.language !== 'en' });
    const own = (text: string) => ({ text, isForeign: false });
    const words = wordsOf(code, values);
    if (isKnown(words) && values !== undefined) {
      const hasFix = fix !== null && i18n.exists(`said.${words}.fix`);
      return {
        sentence: own(t(`said.${words}`, spokenValues(t, i18n.language, values))),
        fix: hasFix ? own(t(`said.${words}.fix` as 'said.disk-full.fix', values)) : null,
      };
    }
    const refusal = code?.toUpperCase().replaceAll('-', '_') ?? '';
    if (i18n.language !== 'en' && Object.hasOwn(errorCodes, refusal)) {
      const refused = refusal as ErrorCode;
      return { sentence: own(t(`error.${refused}.title`)), fix: own(t(`error.${refused}.fix`)) };
    }
    return { sentence: told(sentence), fix: fix === null || fix === '' ? null : told(fix) };
  };
}
