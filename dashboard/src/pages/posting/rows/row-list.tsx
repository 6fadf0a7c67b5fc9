import { ActionIcon, Button, Group, Input, Stack } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';

interface RowListProps<Row extends { key: string }> {
  label: string;
  description: string;
  rows: readonly Row[];
  rowsMax: number;
  error: ReactNode;
  addLabel: string;
  onAdd: () => void;
  onChange: (rows: Row[]) => void;
  children: (row: Row, change: (part: Partial<Row>) => void, number: number) => ReactNode;
}

/** A list whose rows are added and removed one by one. */
export function RowList<Row extends { key: string }>(props: RowListProps<Row>) {
  const { rows, rowsMax, onChange } = props;
  const { t } = useTranslation();
  const labelId = useId();
  return (
    <div role="group" aria-labelledby={labelId}>
      <Input.Label component="div" id={labelId}>
        {props.label}
      </Input.Label>
      <Input.Description>{props.description}</Input.Description>
      <Stack gap="xs" mt={rows.length === 0 ? 0 : 6}>
        {rows.map((row, index) => (
          <Group key={row.key} gap="xs" wrap="nowrap" align="flex-start" className="work-row">
            <div className="work-row-fields">
              {props.children(
                row,
                (part) =>
                  onChange(rows.map((one) => (one.key === row.key ? { ...one, ...part } : one))),
                index + 1,
              )}
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('rows.remove', { name: props.label, number: index + 1 })}
              onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
      {props.error !== null && <Input.Error mt={6}>{props.error}</Input.Error>}
      <Button
        mt={6}
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={rows.length >= rowsMax}
        onClick={props.onAdd}
      >
        {props.addLabel}
      </Button>
    </div>
  );
}
