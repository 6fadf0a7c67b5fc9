import { PasswordInput, Select, TextInput } from '@mantine/core';
import { secretForms } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import { newRowKey } from '../draft/job-draft.ts';
import { useJobForm } from '../job-form/job-form-context.ts';
import { RowList } from './row-list.tsx';

/** Values that are written and never shown again, not even kept in this browser. */
export function SecretRows() {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  const empty = { name: '', value: '', as: 'env' as const, kept: false };
  return (
    <RowList
      label={t('field.secrets')}
      description={t('field.secrets.text')}
      rows={draft.secrets}
      rowsMax={limits.secretsPerJob}
      error={errorOf('secrets')}
      addLabel={t('rows.add.secrets')}
      onAdd={() => change({ secrets: [...draft.secrets, { key: newRowKey(), ...empty }] })}
      onChange={(secrets) => change({ secrets })}
    >
      {(row, changeRow, number) => (
        <>
          <TextInput
            aria-label={t('rows.secretName', { number })}
            placeholder={t('rows.namePlaceholder')}
            value={row.name}
            maxLength={128}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            onChange={(event) => changeRow({ name: event.currentTarget.value, kept: false })}
          />
          <PasswordInput
            aria-label={t('rows.secretValue', { number })}
            placeholder={row.kept ? t('rows.secretKept') : t('rows.secretPlaceholder')}
            value={row.value}
            maxLength={limits.secretValueChars}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('rows.secretShow', { number }) }}
            onChange={(event) => changeRow({ value: event.currentTarget.value })}
          />
          <Select
            aria-label={t('rows.secretForm', { number })}
            data={secretForms.map((form) => ({ value: form, label: t(`secretForm.${form}`) }))}
            value={row.as}
            allowDeselect={false}
            onChange={(as) => {
              if (as !== null) changeRow({ as });
            }}
          />
        </>
      )}
    </RowList>
  );
}
