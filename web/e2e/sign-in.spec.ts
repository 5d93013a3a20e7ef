import { expect, expectAccessible, test } from './test.js';

test('a wrong password is refused in words, the right one leads to the dashboard', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page).toHaveTitle('Sign in · Tallybook');
  await expectAccessible(page);

  await page.getByLabel('E-mail').fill('analyst@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByLabel('Password').press('Enter');
  await expect(page.getByRole('alert')).toContainText(/password/i);
  await expectAccessible(page);

  await page.getByLabel('Password').fill('tallybook-demo');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
  await expectAccessible(page);
});

for (const [role, places] of [
  ['viewer', ['Dashboard', 'Records', 'Categories', 'Settings']],
  ['analyst', ['Dashboard', 'Records', 'Import', 'Categories', 'Settings']],
  ['admin', ['Dashboard', 'Records', 'Import', 'Categories', 'Audit', 'Users', 'Organization', 'Settings']],
] as const) {
  test(`look around as ${role}: only the places of that role`, async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: `Look around as ${role}` }).click();
    const navigation = page.getByRole('navigation', { name: 'Main' });
    await expect(navigation.getByRole('link')).toHaveText([...places]);
    for (const place of [...places.slice(1), places[0]]) {
      await navigation.getByRole('link', { name: place, exact: true }).click();
      await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
      await expectAccessible(page);
    }
  });
}

test('a page for admins says so to a viewer who has its address', async ({ page, signInAs }) => {
  await signInAs('viewer', '/audit');
  await expect(page).toHaveURL(/\/audit$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This page is not for your role');
});

test('a reload keeps the session, another tab has it, and signing out ends both', async ({ page, context, signInAs }) => {
  await signInAs('analyst', '/categories');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Categories', level: 1 })).toBeVisible();

  const other = await context.newPage();
  await other.goto('/settings');
  await expect(other.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();

  // Each refresh token is good once: tabs that begin at the same time must not end each other's session.
  await Promise.all([page.reload(), other.reload()]);
  await expect(page.getByRole('heading', { name: 'Categories', level: 1 })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible();

  await other.getByLabel('E-mail').fill('analyst@example.com');
  await other.getByLabel('Password').fill('tallybook-demo');
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
});

test('no page of elsewhere is opened after sign-in', async ({ page }) => {
  await page.goto('/sign-in?next=//example.org/');
  await page.getByRole('button', { name: 'Look around as viewer' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
});
