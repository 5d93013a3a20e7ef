import { expect, expectAccessible, test } from './test.js';

test.use({ books: 'empty', settings: { REGISTRATION: 'open' } });

test('new books say how to make the first admin, who then signs in', async ({ page, server }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'These books are new' })).toBeVisible();
  await expect(page.getByText('tallybook user create --email you@example.org --name "Your Name" --role admin')).toBeVisible();
  await expect(page.getByRole('button', { name: /Look around/ })).toHaveCount(0);
  await expectAccessible(page);

  server.command(['user', 'create', '--email', 'ada@example.org', '--name', 'Ada Example', '--role', 'admin', '--password-stdin'], 'a long passphrase\n');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'These books are new' })).toHaveCount(0);
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('Password').fill('a long passphrase');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('Ada Example · Admin')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'These books have no records yet' })).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole('main').getByRole('link', { name: 'Import a file' })).toHaveAttribute('href', '/import');
  await page.getByRole('link', { name: 'Enter a record' }).click();
  await expect(page).toHaveURL(/\/records\?new$/);
});

test('who registers sees what is wrong at its field, and signs in as a viewer', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Name').fill('Grace Example');
  await page.getByLabel('E-mail').fill('grace@example.org');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);

  await page.getByLabel('Password').fill('another long passphrase');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText('Your account is ready. Sign in with it.')).toBeVisible();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill('grace@example.org');
  await page.getByLabel('Password').fill('another long passphrase');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('Grace Example · Viewer')).toBeVisible();
});
