// Light or dark: what the reader chose in the settings, or else what their system says.

import { useSyncExternalStore } from 'react';
import { applyTheme } from './applyTheme.js';

export type Theme = 'light' | 'dark' | 'system';

const KEY = 'tallybook-theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function apply(): void {
  applyTheme();
  for (const listener of listeners) listener();
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  apply();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, chosenTheme);
}

dark.addEventListener('change', apply);
// Another tab chose.
window.addEventListener('storage', apply);
