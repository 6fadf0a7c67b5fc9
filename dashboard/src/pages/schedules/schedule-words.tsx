import { useTranslation } from 'react-i18next';
import { PageLink } from '../../parts/page-link.tsx';
import { ServerText } from '../../parts/server-words.tsx';
import { scheduleSentence } from './schedule-sentence.ts';

interface ScheduleWordsProps {
  text: string;
  errorCode?: string | null;
}

/** Why a schedule is not active or a time of it posted nothing. */
export function ScheduleWords({ text, errorCode = null }: ScheduleWordsProps) {
  const { t, i18n } = useTranslation();
  const sentence = scheduleSentence({ t, language: i18n.language }, { text, errorCode });
  if (sentence === null) return <ServerText text={text} />;
  const { words, jobId } = sentence;
  if (jobId === null) return words;
  return (
    <>
      {words}{' '}
      <PageLink to="/jobs/$jobId" params={{ jobId }}>
        {t('schedule.reason.openJob')}
      </PageLink>
    </>
  );
}
