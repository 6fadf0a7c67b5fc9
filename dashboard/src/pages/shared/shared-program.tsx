import { Stack } from '@mantine/core';
import type { SharedJob } from '@node3/shared/routes/job-links';
import { useTranslation } from 'react-i18next';
import { CodeBox } from '../../parts/code-box.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { shellQuote } from '../../shell-command.ts';

/** What ran, as far as the link shows it: never its environment, its price or whose it is. */
export function SharedProgram({ job }: { job: SharedJob }) {
  const { t } = useTranslation();
  const { code, command, image, output } = job;
  const text = code ?? (command === null ? null : command.map(shellQuote).join(' '));
  return (
    <Stack gap="lg">
      {output !== null && output !== undefined && (
        <SectionCard title={t('job.output')}>
          <JsonView value={output} label={t('job.copyOutput')} />
        </SectionCard>
      )}
      <SectionCard title={t('shared.program')} description={image}>
        {text === null ? (
          t('shared.imageCommand')
        ) : (
          <CodeBox text={text} label={t('shared.program')} copyLabel={t('shared.copyProgram')} />
        )}
      </SectionCard>
    </Stack>
  );
}
