// Runs before the first paint, as a file of its own because the content security policy allows
// no inline script. Mantine reads the same key once it has started.
(() => {
  let saved = null;
  try {
    saved = localStorage.getItem('mantine-color-scheme-value');
  } catch {
    // Storage may be switched off; the system's scheme is used then.
  }
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const scheme = saved === 'light' || saved === 'dark' ? saved : dark ? 'dark' : 'light';
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
