import { agentProblems } from '@node3/shared/agent-problems';
import { agentSentences, type Said, type SaidValues } from '@node3/shared/agent-sentences';
import { doctorFindings } from '@node3/shared/doctor-findings';
import { type ErrorCode, errorCodes } from '@node3/shared/error-codes';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Sentence } from '../../i18n/use-error-words.ts';
import { ServerText } from '../../parts/server-words.tsx';

const known = { ...agentSentences, ...agentProblems, ...doctorFindings };
type KnownCode = keyof typeof known;

/** A newer agent may have codes that this page has no words for. */
function isKnown(code: string | undefined): code is KnownCode {
  return code !== undefined && Object.hasOwn(known, code);
}

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
  const { t } = useTranslation();
  return isKnown(code) && values !== undefined ? (
    t(`said.${code}`, values)
  ) : (
    <ServerText text={text} />
  );
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
    if (isKnown(code) && values !== undefined) {
      const hasFix = fix !== null && i18n.exists(`said.${code}.fix`);
      return {
        sentence: own(t(`said.${code}`, values)),
        fix: hasFix ? own(t(`said.${code}.fix` as 'said.disk-full.fix', values)) : null,
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
