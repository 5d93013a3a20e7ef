import type { Page } from '@playwright/test';
import { asSomebody, expect, expectAccessible, type Server, test } from './test.js';

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const panel = (page: Page, name: string) => page.getByRole('complementary', { name });

type Made = { createUser: { user: { id: string } } };

async function create(server: Server, name: string, role = 'VIEWER'): Promise<string> {
  const admin = await asSomebody(server, 'admin');
  const input = { name, email: `${name.toLowerCase()}@example.org`, password: 'a long passphrase', role };
  const { createUser } = await admin('mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', { input }) as Made;
  return createUser.user.id;
}

test('a new user: what is wrong stands at its field, and what is right is in the list', async ({ page, signInAs }) => {
  await signInAs('admin', '/users');
  await expect(page.getByText('3 users')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'New user' }).click();
  const form = panel(page, 'New user');
  await expect(form.getByRole('heading', { name: 'New user' })).toBeFocused();
  await form.getByLabel('E-mail').fill('admin@example.com');
  await form.getByLabel('First password').fill('short');
  await form.getByRole('button', { name: 'Create user' }).click();
  await expect(form.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await expect(form.getByLabel('First password')).toHaveAccessibleDescription(/8 to 128 characters/);
  await expectAccessible(page);

  await form.getByLabel('Name').fill('Ada Example');
  await form.getByLabel('First password').fill('a long passphrase');
  await form.getByRole('button', { name: 'Create user' }).click();
  await expect(form.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');

  await form.getByLabel('E-mail').fill('ada@example.org');
  await form.getByLabel('Role').selectOption('Analyst');
  await form.getByRole('button', { name: 'Create user' }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText('Ada Example can sign in now.')).toBeVisible();
  await expect(row(page, 'Ada Example')).toContainText('Analyst');
  await expect(page.getByText('4 users')).toBeVisible();
});

test('search and filters are in the address', async ({ page, signInAs }) => {
  await signInAs('admin', '/users');
  await page.getByRole('searchbox').fill('viewer@');
  await expect(page).toHaveURL(/\?search=viewer%40$/);
  await expect(page.getByText('1 user', { exact: true })).toBeVisible();
  await page.getByRole('combobox', { name: 'Role' }).selectOption('Admin');
  await expect(page).toHaveURL(/role=ADMIN/);
  await expect(page.getByRole('heading', { name: 'No user matches' })).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue('viewer@');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/\/users$/);
  await expect(row(page, 'Vera Lind')).toBeVisible();
});

test('name and role change; the sentence about it is in the trail', async ({ page, server, signInAs }) => {
  await create(server, 'Berta');
  await signInAs('admin', '/users');
  await page.getByRole('link', { name: 'Berta' }).click();
  const form = panel(page, 'Berta');
  await expectAccessible(page);
  await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled();
  await form.getByLabel('Name').fill('Berta Example');
  await form.getByLabel('Role').selectOption('Analyst');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(row(page, 'Berta Example')).toContainText('Analyst');

  await page.getByRole('link', { name: 'What was done to this account' }).click();
  await expect(page.getByText('Adam Okafor changed Berta Example')).toBeVisible();
  await expect(page.getByText('Name: from “Berta” to “Berta Example”')).toBeVisible();
  await expect(page.getByText('Role: from Viewer to Analyst')).toBeVisible();
});

test('somebody else was faster: theirs and yours, and either of them', async ({ page, server, signInAs }) => {
  const id = await create(server, 'Carla');
  const admin = await asSomebody(server, 'admin');
  const rename = (name: string) => admin('mutation($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }', { input: { id, name } });
  await signInAs('admin', `/users?user=${id}`);
  const form = page.getByRole('complementary');
  await form.getByLabel('Name').fill('Carla Mine');
  await rename('Carla Theirs');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByRole('alert')).toContainText(/Adam Okafor changed this user .* ago|Adam Okafor changed this user now/);
  await expect(form.getByRole('alert')).toContainText('theirs Carla Theirs · yours Carla Mine');
  await expectAccessible(page);
  await form.getByRole('button', { name: 'Keep mine' }).click();
  await expect(row(page, 'Carla Mine')).toBeVisible();

  await form.getByLabel('Name').fill('Carla Again');
  await rename('Carla Last');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByRole('button', { name: 'Take theirs' }).click();
  await expect(form.getByLabel('Name')).toHaveValue('Carla Last');
  await expect(row(page, 'Carla Last')).toBeVisible();
});

test('deactivated and activated again; Escape closes the dialog, not the panel', async ({ page, server, signInAs }) => {
  const id = await create(server, 'Dora');
  await signInAs('admin', `/users?user=${id}`);
  await page.getByRole('button', { name: 'Deactivate…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Deactivate Dora?' });
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(panel(page, 'Dora')).toBeVisible();

  await page.getByRole('button', { name: 'Deactivate…' }).click();
  await dialog.getByRole('button', { name: 'Deactivate' }).click();
  await expect(row(page, 'Dora')).toContainText('Inactive');
  await page.getByRole('button', { name: 'Activate', exact: true }).click();
  await expect(row(page, 'Dora')).not.toContainText('Inactive');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/users$/);
});

test('the last admin stays one, and a sentence says so', async ({ page, signInAs }) => {
  await signInAs('admin', '/users');
  await page.getByRole('link', { name: 'Adam Okafor' }).click();
  const form = panel(page, 'Adam Okafor');
  await form.getByLabel('Role').selectOption('Viewer');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('The last active admin can be neither demoted nor deactivated.')).toBeVisible();
  await expect(form.getByLabel('Role')).toHaveAttribute('aria-invalid', 'true');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await form.getByRole('button', { name: 'Deactivate…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(form.getByRole('alert')).toContainText('The last active admin can be neither demoted nor deactivated.');
});

test('ended sessions are counted', async ({ page, server, signInAs }) => {
  await asSomebody(server, 'viewer');
  await signInAs('admin', '/users');
  await page.getByRole('link', { name: 'Vera Lind' }).click();
  await page.getByRole('button', { name: 'End sessions…' }).click();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'End sessions' }).click();
  await expect(page.getByText('One session ended.')).toBeVisible();
});

test('an analyst who has the address reads a sentence', async ({ page, signInAs }) => {
  await signInAs('analyst', '/users');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This page is not for your role');
  await expect(page.getByText('Ask an admin if you need it.')).toBeVisible();
  await expectAccessible(page);
});

test('an admin who is one no more meanwhile reads a sentence too', async ({ page, server }) => {
  const id = await create(server, 'Emil', 'ADMIN');
  await page.goto('/sign-in?next=/users');
  await page.getByLabel('E-mail').fill('emil@example.org');
  await page.getByLabel('Password').fill('a long passphrase');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(row(page, 'Emil')).toBeVisible();
  const admin = await asSomebody(server, 'admin');
  await admin('mutation($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }', { input: { id, role: 'VIEWER' } });
  await page.getByRole('link', { name: 'Vera Lind' }).click();
  await expect(page.getByRole('alert').first()).toContainText(/admin|role|allow/i);
});
