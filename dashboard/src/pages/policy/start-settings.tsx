import { Stack, Text } from '@mantine/core';
import type { LocalSettings } from '@node3/shared/routes/agent-upkeep';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../parts/section-card.tsx';
import { ServerText } from '../../parts/server-words.tsx';
import '../agent/agent-pages.css';

/** What the agent was started with and where each value comes from. Secrets are never shown. */
export function StartSettings({ settings }: { settings: LocalSettings }) {
  const { t } = useTranslation();
  return (
    <SectionCard title={t('settings.title')} description={t('settings.text')}>
      <Stack gap="xs">
        {settings.groups.map((group) => (
          <details key={group.title} className="more-facts">
            <summary>
              <ServerText text={group.title} />
            </summary>
            {group.settings.map((setting) => (
              <div key={setting.name} className="setting-row">
                <div>
                  <Text size="sm" className="mono break">
                    {setting.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    <ServerText text={setting.about} />
                  </Text>
                </div>
                <div>
                  <Text size="sm" className="break" fw={500}>
                    {setting.isSecret && setting.source === 'environment'
                      ? t('settings.secret')
                      : (setting.value ?? t('settings.unset'))}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {t(`settings.source.${setting.source}`)}
                  </Text>
                </div>
              </div>
            ))}
          </details>
        ))}
      </Stack>
    </SectionCard>
  );
}
