/**
 * Light or dark, as the reader chose, or else as their system says. The build makes a script of this function alone, which
 * the page runs before it paints anything (`vite.config.ts`), so it uses nothing from outside.
 */
export function applyTheme(): void {
  const chosen = localStorage.getItem('tallybook-theme');
  const ofSystem = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = chosen === 'light' || chosen === 'dark' ? chosen : ofSystem;
}
