import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

const files = readdirSync(fileURLToPath(new URL('e2e', import.meta.url))).filter((name) => name.endsWith('.spec.ts'));

export default defineConfig({
  testDir: 'e2e',
  // A project for each file: it has a process of its own, and so a server whose books no other file changes.
  projects: files.map((name) => ({ name: name.replace('.spec.ts', ''), testMatch: name })),
  fullyParallel: false,
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // On a busy machine something may be late. What fails and then passes is reported as flaky.
  retries: 1,
  reporter: [['list']],
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1440, height: 900 },
    trace: 'off',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      // Chromium refuses its sandbox to root.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
