import { Button, Group, Modal, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorWords } from './error-words.tsx';
import './bulk.css';

export interface BulkOutcome {
  id: string;
  /** Leads to what became of it. */
  link: ReactNode;
  /** Its state where it was done, or why it was not. */
  outcome: { state: ReactNode } | { refused: Error };
}

interface BulkListProps {
  title: string;
  /** How many were done. */
  summary: string;
  outcomes: readonly BulkOutcome[];
  onClose: () => void;
}

/** What became of each thing that something was done with at once. */
export function BulkList({ title, summary, outcomes, onClose }: BulkListProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={outcomes.length > 0}
      onClose={onClose}
      title={title}
      centered
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm" mb="sm" role="status">
        {summary}
      </Text>
      <ul className="plain-list bulk-results">
        {outcomes.map(({ id, link, outcome }) => (
          <li key={id}>
            {link}
            {'state' in outcome ? (
              outcome.state
            ) : (
              <Group gap={6} wrap="nowrap" align="flex-start">
                <IconAlertTriangle size={16} aria-hidden className="line-icon" />
                <Text size="sm">
                  <ErrorWords error={outcome.refused} />
                </Text>
              </Group>
            )}
          </li>
        ))}
      </ul>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('action.close')}
        </Button>
      </Group>
    </Modal>
  );
}
