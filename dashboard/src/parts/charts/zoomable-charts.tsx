import { Button, Group, Text } from '@mantine/core';
import { IconZoomReset } from '@tabler/icons-react';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import type { TimeSpan } from './chart-data.ts';

interface ChartZoom {
  span: TimeSpan | null;
  onZoom: (span: TimeSpan) => void;
}

const ZoomContext = createContext<ChartZoom | null>(null);

/** null for a chart that stands alone: nothing is zoomed by dragging over it. */
export function useChartZoom(): ChartZoom | null {
  return useContext(ZoomContext);
}

/**
 * Charts of one time range: dragging over one of them shows that stretch of time in all of them, in
 * their tables too. Give it the range as its `key`, so that another range begins as a whole.
 */
export function ZoomableCharts({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const clock = useFormat();
  const [span, setSpan] = useState<TimeSpan | null>(null);
  const zoom = useMemo(() => ({ span, onZoom: setSpan }), [span]);
  return (
    <ZoomContext value={zoom}>
      <Group justify="space-between" gap="sm" mih={30} className="chart-zoom">
        <Text size="sm" c="dimmed" role="status">
          {span === null
            ? t('chart.zoom')
            : t('chart.between', { from: clock.time(span.fromMs), to: clock.time(span.toMs) })}
        </Text>
        {span !== null && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconZoomReset size={15} aria-hidden />}
            onClick={() => setSpan(null)}
          >
            {t('chart.zoomReset')}
          </Button>
        )}
      </Group>
      {children}
    </ZoomContext>
  );
}
