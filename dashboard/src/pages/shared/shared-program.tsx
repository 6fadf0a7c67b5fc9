import { Stack } from '@mantine/core';
import type { SharedJob } from '@node3/shared/routes/job-links';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../parts/copy-text.tsx';
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
          <div className="json-view">
            <pre
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              tabIndex={0}
              aria-label={t('shared.program')}
            >
              {text}
            </pre>
            <div className="json-copy">
              <CopyText value={text} label={t('shared.copyProgram')} />
            </div>
          </div>
        )}
      </SectionCard>
    </Stack>
  );
}
