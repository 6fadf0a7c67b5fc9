import { cloneElement, type ReactElement, Suspense, useRef, useState } from 'react';
import { lazyPart } from './lazy-part.ts';

const HintBubble = lazyPart(async () => (await import('./hint-bubble.tsx')).HintBubble);

interface HintTarget {
  onMouseEnter?: () => void;
  onMouseLeave?: () => void;
  ref?: React.Ref<HTMLElement>;
}

/**
 * More about what the mouse is on. What shows it is fetched when somebody first wants to see one: it takes
 * a fifteenth of what a first page may load, and a list has hundreds that nobody points at. `children`: one
 * element that takes a `ref` and the events of a mouse.
 */
export function Hint({
  label,
  wide = false,
  children,
}: {
  label: string;
  /** A sentence or two instead of a few words. */
  wide?: boolean;
  children: ReactElement<HintTarget>;
}) {
  const target = useRef<HTMLElement>(null);
  const [state, setState] = useState<'unseen' | 'shown' | 'hidden'>('unseen');
  return (
    <>
      {cloneElement(children, {
        ref: target,
        onMouseEnter: () => setState('shown'),
        onMouseLeave: () => setState('hidden'),
      })}
      {state !== 'unseen' && (
        <Suspense fallback={null}>
          <HintBubble
            target={target}
            label={label}
            wide={wide}
            opened={state === 'shown'}
            onClose={() => setState('hidden')}
          />
        </Suspense>
      )}
    </>
  );
}
