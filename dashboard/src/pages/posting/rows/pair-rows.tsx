import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { newRowKey } from '../draft/job-draft.ts';
import { useJobForm } from '../job-form/job-form-context.ts';
import { RowList } from './row-list.tsx';

interface PairRowsProps {
  field: 'env' | 'labels' | 'placementLabels';
  rowsMax: number;
  valueMax: number;
}

/** Names with values. */
export function PairRows({ field, rowsMax, valueMax }: PairRowsProps) {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  const rows = draft[field];
  return (
    <RowList
      label={t(`field.${field}`)}
      description={t(`field.${field}.text`)}
      rows={rows}
      rowsMax={rowsMax}
      error={errorOf(field)}
      addLabel={t(`rows.add.${field}`)}
      onAdd={() => change({ [field]: [...rows, { key: newRowKey(), name: '', value: '' }] })}
      onChange={(changed) => change({ [field]: changed })}
    >
      {(row, changeRow, number) => (
        <>
          <TextInput
            aria-label={t('rows.name', { number })}
            placeholder={t('rows.namePlaceholder')}
            value={row.name}
            maxLength={128}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            onChange={(event) => changeRow({ name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={t('rows.value', { number })}
            placeholder={t('rows.valuePlaceholder')}
            value={row.value}
            maxLength={valueMax}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            onChange={(event) => changeRow({ value: event.currentTarget.value })}
          />
        </>
      )}
    </RowList>
  );
}
