import { useRouter } from '@tanstack/react-router';
import { createContext, type ReactNode, use, useEffect, useRef } from 'react';

const NavigatedContext = createContext<{ current: boolean }>({ current: false });

/** Remembers whether this is still the first page: only later ones take the focus. */
export function NavigationFocus({ children }: { children: ReactNode }) {
  const router = useRouter();
  const navigated = useRef(false);
  useEffect(
    () =>
      router.subscribe('onBeforeNavigate', ({ fromLocation, pathChanged }) => {
        if (fromLocation !== undefined && pathChanged) navigated.current = true;
      }),
    [router],
  );
  return <NavigatedContext value={navigated}>{children}</NavigatedContext>;
}

/** Moves the focus to the returned element when a navigation showed it, as WCAG advises. */
export function useNavigationFocus<T extends HTMLElement>() {
  const navigated = use(NavigatedContext);
  const target = useRef<T>(null);
  useEffect(() => {
    if (navigated.current) target.current?.focus({ preventScroll: true });
  }, [navigated]);
  return target;
}
