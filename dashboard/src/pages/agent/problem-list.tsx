import { Alert, Stack, Text } from '@mantine/core';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { IconTool } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Said } from '../../parts/error-words.tsx';
import { useFinding } from './agent-words.tsx';
import { FixLine } from './fix-line.tsx';

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
              <FixLine fix={fix} />
            </>
          )}
        </Alert>
      ))}
    </Stack>
  );
}
