import { Checkbox, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import { newRowKey } from '../draft/job-draft.ts';
import { useJobForm } from '../job-form/job-form-context.ts';
import { RowList } from './row-list.tsx';

const choices = ['all', 'listed', 'none'] as const;

/** What is kept of /output. */
export function OutputRows() {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600} component="div">
        {t('field.outputsKept')}
      </Text>
      <SegmentedControl
        aria-label={t('field.outputsKept')}
        data={choices.map((value) => ({ value, label: t(`outputsKept.${value}`) }))}
        value={draft.outputsKept}
        onChange={(outputsKept) => change({ outputsKept })}
        w="fit-content"
      />
      {draft.outputsKept === 'listed' && (
        <RowList
          label={t('field.outputs')}
          description={t('field.outputs.text')}
          rows={draft.outputs}
          rowsMax={limits.outputsPerJob}
          error={errorOf('outputs')}
          addLabel={t('rows.add.outputs')}
          onAdd={() =>
            change({ outputs: [...draft.outputs, { key: newRowKey(), path: '', required: true }] })
          }
          onChange={(outputs) => change({ outputs })}
        >
          {(row, changeRow, number) => (
            <>
              <TextInput
                aria-label={t('rows.outputPath', { number })}
                placeholder="model.bin"
                value={row.path}
                maxLength={256}
                spellCheck={false}
                classNames={{ input: 'mono' }}
                onChange={(event) => changeRow({ path: event.currentTarget.value })}
              />
              <Checkbox
                label={t('rows.required')}
                checked={row.required}
                onChange={(event) => changeRow({ required: event.currentTarget.checked })}
              />
            </>
          )}
        </RowList>
      )}
    </Stack>
  );
}
