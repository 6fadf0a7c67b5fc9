import { Alert, Group, Stack, Text } from '@mantine/core';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { IconTool } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../parts/copy-text.tsx';

/** Each problem with the command that fixes it. */
export function ProblemList({ problems }: { problems: AgentStatus['problems'] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      {problems.map((problem) => (
        <Alert
          key={problem.code}
          color="orange"
          variant="light"
          icon={<IconTool aria-hidden />}
          title={problem.sentence}
        >
          {problem.fix !== '' && (
            <>
              <Text size="sm" mb={4}>
                {t('problems.fix')}
              </Text>
              <Group gap="xs" wrap="nowrap">
                <pre
                  className="command-text"
                  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
                  tabIndex={0}
                  aria-label={t('problems.fix')}
                >
                  {problem.fix}
                </pre>
                <CopyText value={problem.fix} label={t('problems.copy')} />
              </Group>
            </>
          )}
        </Alert>
      ))}
    </Stack>
  );
}
