import { Alert, Group, Stack, Text } from '@mantine/core';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { IconTool } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../parts/copy-text.tsx';
import { Said } from '../../parts/error-words.tsx';
import { useFinding } from './agent-words.tsx';

/** Each problem with the command that fixes it. */
export function ProblemList({ problems }: { problems: AgentStatus['problems'] }) {
  const { t } = useTranslation();
  const wordsOf = useFinding();
  const told = problems.map((problem) => ({ ...wordsOf(problem), code: problem.code }));
  return (
    <Stack gap="sm">
      {told.map(({ code, fix, sentence }) => (
        <Alert
          key={`${code} ${sentence.text}`}
          color="orange"
          variant="light"
          icon={<IconTool aria-hidden />}
          title={<Said {...sentence} />}
        >
          {fix !== null && (
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
                  <Said {...fix} />
                </pre>
                <CopyText value={fix.text} label={t('problems.copy')} />
              </Group>
            </>
          )}
        </Alert>
      ))}
    </Stack>
  );
}
