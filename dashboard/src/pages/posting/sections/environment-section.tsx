import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../../parts/section-card.tsx';
import { TagsField, TextField } from '../job-form/draft-field.tsx';
import { useJobForm } from '../job-form/job-form-context.ts';
import { InputRows } from '../rows/input-rows.tsx';
import { OutputRows } from '../rows/output-rows.tsx';
import { PairRows } from '../rows/pair-rows.tsx';
import { SecretRows } from '../rows/secret-rows.tsx';

/** What the program finds around it: image, variables, secrets, files and hosts. */
export function EnvironmentSection() {
  const { t } = useTranslation();
  const { mode } = useJobForm();
  return (
    <SectionCard title={t('section.environment')}>
      <div className="work-fields">
        <TextField field="image" mono="yes" charsMax={512} placeholder="python:3.12-slim" />
        <PairRows
          field="env"
          rowsMax={limits.environmentVariables}
          valueMax={limits.environmentValueBytes}
        />
        <SecretRows />
        {mode === 'advanced' && (
          <>
            <InputRows />
            <OutputRows />
            <TagsField
              field="hosts"
              entriesMax={limits.egressHosts}
              placeholder="huggingface.co, *.pypi.org"
            />
          </>
        )}
      </div>
    </SectionCard>
  );
}
