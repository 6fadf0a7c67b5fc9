import { Checkbox, Select, TextInput } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import { type InputRow, newRowKey } from '../draft/job-draft.ts';
import { useJobForm } from '../job-form/job-form-context.ts';
import { RowList } from './row-list.tsx';
import { UploadField } from './upload-field.tsx';

const empty: Omit<InputRow, 'key'> = {
  path: '',
  unpack: false,
  source: 'artifact',
  artifactId: '',
  url: '',
  sha256: '',
  sizeMax: '',
  contentBase64: '',
};

/** Files that lie below /input when the program starts. */
export function InputRows() {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  return (
    <RowList
      label={t('field.inputs')}
      description={t('field.inputs.text')}
      rows={draft.inputs}
      rowsMax={limits.inputsPerJob}
      error={errorOf('inputs')}
      addLabel={t('rows.add.inputs')}
      onAdd={() => change({ inputs: [...draft.inputs, { key: newRowKey(), ...empty }] })}
      onChange={(inputs) => change({ inputs })}
    >
      {(row, changeRow, number) => (
        <>
          <TextInput
            aria-label={t('rows.inputPath', { number })}
            placeholder="data.csv"
            value={row.path}
            maxLength={256}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            onChange={(event) => changeRow({ path: event.currentTarget.value })}
          />
          <Select
            aria-label={t('rows.inputSource', { number })}
            data={(row.source === 'inline'
              ? (['inline'] as const)
              : (['artifact', 'url'] as const)
            ).map((value) => ({ value, label: t(`inputSource.${value}`) }))}
            value={row.source}
            allowDeselect={false}
            onChange={(source) => {
              if (source !== null) changeRow({ source });
            }}
          />
          {row.source === 'artifact' && (
            <UploadField row={row} number={number} onChange={changeRow} />
          )}
          {row.source === 'url' && <UrlFields row={row} number={number} onChange={changeRow} />}
          <Checkbox
            label={t('rows.unpack')}
            checked={row.unpack}
            onChange={(event) => changeRow({ unpack: event.currentTarget.checked })}
          />
        </>
      )}
    </RowList>
  );
}

export interface InputFieldsProps {
  row: InputRow;
  number: number;
  onChange: (part: Partial<InputRow>) => void;
}

function UrlFields({ row, number, onChange }: InputFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        aria-label={t('rows.inputUrl', { number })}
        placeholder="https://files.example.com/data.csv"
        value={row.url}
        maxLength={4_096}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <TextInput
        aria-label={t('rows.inputSha256', { number })}
        placeholder={t('rows.sha256Placeholder')}
        value={row.sha256}
        maxLength={64}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        onChange={(event) => onChange({ sha256: event.currentTarget.value })}
      />
      <TextInput
        aria-label={t('rows.inputSizeMax', { number })}
        placeholder={t('rows.sizeMaxPlaceholder')}
        value={row.sizeMax}
        maxLength={24}
        onChange={(event) => onChange({ sizeMax: event.currentTarget.value })}
      />
    </>
  );
}
