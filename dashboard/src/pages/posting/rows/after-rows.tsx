import { Select, TextInput } from '@mantine/core';
import { dependencyConditions } from '@node3/shared/job-lifecycle';
import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import { newRowKey } from '../draft/job-draft.ts';
import { useJobForm } from '../job-form/job-form-context.ts';
import { RowList } from './row-list.tsx';

/** Jobs that have to end before this one begins. */
export function AfterRows() {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  const empty = { jobId: '', condition: 'succeeded' as const };
  return (
    <RowList
      label={t('field.after')}
      description={t('field.after.text')}
      rows={draft.after}
      rowsMax={limits.dependenciesPerJob}
      error={errorOf('after')}
      addLabel={t('rows.add.after')}
      onAdd={() => change({ after: [...draft.after, { key: newRowKey(), ...empty }] })}
      onChange={(after) => change({ after })}
    >
      {(row, changeRow, number) => (
        <>
          <TextInput
            aria-label={t('rows.afterJob', { number })}
            placeholder="job_…"
            value={row.jobId}
            maxLength={64}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            onChange={(event) => changeRow({ jobId: event.currentTarget.value })}
          />
          <Select
            aria-label={t('rows.afterCondition', { number })}
            data={dependencyConditions.map((value) => ({ value, label: t(`after.${value}`) }))}
            value={row.condition}
            allowDeselect={false}
            onChange={(condition) => {
              if (condition !== null) changeRow({ condition });
            }}
          />
        </>
      )}
    </RowList>
  );
}
