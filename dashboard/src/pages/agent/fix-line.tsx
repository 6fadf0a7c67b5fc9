import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Sentence } from '../../i18n/use-error-words.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { Said } from '../../parts/error-words.tsx';
import './agent-pages.css';

/** What mends something: a command, or a sentence with one in it, to be copied. It wraps: all of it is read. */
export function FixLine({ fix }: { fix: Sentence }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" wrap="nowrap">
      <pre className="command-text fix-text">
        <Said {...fix} />
      </pre>
      <CopyText value={fix.text} label={t('problems.copy')} />
    </Group>
  );
}
