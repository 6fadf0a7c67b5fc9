import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../../parts/section-card.tsx';
import { TextField } from '../job-form/draft-field.tsx';
import { useJobForm } from '../job-form/job-form-context.ts';
import { PairRows } from '../rows/pair-rows.tsx';

/** What the job is called. */
export function BasicSection() {
  const { t } = useTranslation();
  const { mode } = useJobForm();
  return (
    <SectionCard title={t('section.basic')}>
      <div className="work-fields">
        <TextField field="name" charsMax={128} placeholder={t('field.name.placeholder')} />
        {mode === 'advanced' && <PairRows field="labels" rowsMax={limits.labels} valueMax={256} />}
      </div>
    </SectionCard>
  );
}
