import { Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Suspense } from 'react';
import { lazyPart } from '../../parts/lazy-part.ts';
import type { FlowCanvasProps } from './flow-canvas.tsx';

const FlowCanvas = lazyPart(async () => (await import('./flow-canvas.tsx')).FlowCanvas);

/** The graph, drawn; nothing on phones, where the list of steps says the same. */
export function FlowPicture(props: FlowCanvasProps) {
  const phone = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  if (phone) return null;
  return (
    <Suspense fallback={<Skeleton height={300} radius={0} />}>
      <FlowCanvas {...props} />
    </Suspense>
  );
}
