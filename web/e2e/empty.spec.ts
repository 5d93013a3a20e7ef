// New books, and the pages of admins on them.

import { expect, expectAccessible, test } from './test.js';

test.use({ books: 'empty', settings: { REGISTRATION: 'closed' } });

test('every page of an admin on books without a record', async ({ page, server }) => {
  await page.goto('/register');
  await expect(page.getByText('Registration is closed. Ask an admin for an account.')).toBeVisible();

  server.command(['user', 'create', '--email', 'ada@example.org', '--name', 'Ada Example', '--role', 'admin', '--password-stdin'], 'a long passphrase\n');
  await page.goto('/sign-in?next=/audit');
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('Password').fill('a long passphrase');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('Somebody on the server’s command line created')).toBeVisible();
  await expectAccessible(page);

  const place = (name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
  await place('Users').click();
  await expect(page.getByText('1 user', { exact: true })).toBeVisible();
  await expectAccessible(page);
  await place('Organization').click();
  await expect(page.getByText('Only admins create users.')).toBeVisible();
  await page.getByRole('button', { name: 'Close the books…' }).click();
  await expect(page.getByText(/^0 records up to/)).toBeVisible();
  await page.keyboard.press('Escape');
  await place('Settings').click();
  await expect(page.getByText('There are no tokens.')).toBeVisible();
  await expectAccessible(page);
});
