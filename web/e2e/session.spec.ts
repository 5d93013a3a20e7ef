// What becomes of a session while a page is open: it ends, somebody else takes over, the server goes away.

import type { Page } from '@playwright/test';
import { asSomebody, expect, expectAccessible, type Role, type Server, test } from './test.js';

async function endSessions(server: Server, role: Role): Promise<void> {
  const admin = await asSomebody(server, 'admin');
  const { users } = await admin(`query($search: String!) { users(first: 1, filter: { search: $search }) { nodes { id } } }`, {
    search: `${role}@example.com`,
  }) as { users: { nodes: [{ id: string }] } };
  await admin('mutation($input: EndSessionsInput!) { endSessions(input: $input) { endedCount } }', { input: { userId: users.nodes[0].id } });
}

// The server answers 401 to the token of a session that ended, and every browser reports that.
test.use({ allowed: /status of 401/ });

const place = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });

test('a session that ended asks for the password above the page, and goes on where it was', async ({ page, server, signInAs }) => {
  await signInAs('analyst');
  await endSessions(server, 'analyst');
  await place(page, 'Categories').click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel('Password')).toBeFocused();
  await expect(dialog.getByLabel('E-mail')).toHaveValue('analyst@example.com');
  await expectAccessible(page);

  await dialog.getByLabel('Password').fill('wrong');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();

  await dialog.getByLabel('Password').fill('tallybook-demo');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/\/categories$/);
  await expect(page.getByText('Salaries').first()).toBeVisible();
});

test('a half-filled form is still there, and is sent once, after signing in again', async ({ page, server, signInAs }) => {
  await signInAs('admin', '/users');
  await page.getByRole('main').getByText('New user').click();
  const form = page.getByRole('complementary', { name: 'New user' });
  await form.getByLabel('Name').fill('Half Filled');
  await form.getByLabel('E-mail').fill('half@example.org');
  await endSessions(server, 'admin');
  await form.getByLabel('First password').fill('a long passphrase');
  await form.getByRole('button', { name: 'Create user' }).click();

  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(dialog).toBeVisible();
  await expect(form.getByLabel('Name')).toHaveValue('Half Filled');
  await dialog.getByLabel('Password').fill('tallybook-demo');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('Half Filled can sign in now.')).toBeVisible();
});

test('signing in in another tab is enough', async ({ page, context, server, signInAs }) => {
  await signInAs('analyst');
  await endSessions(server, 'analyst');
  await place(page, 'Categories').click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(dialog).toBeVisible();

  const other = await context.newPage();
  await other.goto('/');
  await other.getByRole('button', { name: 'Look around as analyst' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Salaries').first()).toBeVisible();
});

test('another person\'s page starts anew', async ({ page, server, signInAs }) => {
  await signInAs('analyst');
  await endSessions(server, 'analyst');
  await place(page, 'Records').click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByLabel('E-mail').fill('viewer@example.com');
  await dialog.getByLabel('Password').fill('tallybook-demo');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(place(page, 'Import')).toHaveCount(0);
});

test('signing out from there leads to sign-in', async ({ page, server, signInAs }) => {
  await signInAs('viewer');
  await endSessions(server, 'viewer');
  await place(page, 'Categories').click();
  await page.getByRole('button', { name: 'Sign out instead' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible();
});

test.describe('with the server away', () => {
  test.use({ allowed: /Failed to load resource|WebSocket connection|preload|dynamically imported module/ });

  test('the page says so, and goes on when it is back', async ({ page, server, signInAs }) => {
    await signInAs('analyst');
    await server.stop();
    await place(page, 'Categories').click();
    await expect(page.getByText(/The server cannot be reached. What you see/)).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('The server cannot be reached.');
    await expectAccessible(page);
    await server.start();
    await expect(page.getByText(/The server cannot be reached/)).toHaveCount(0);
    await expect(page.getByText('Salaries').first()).toBeVisible();
  });

  test('so does one that is opened meanwhile', async ({ page, server, signInAs }) => {
    await signInAs('analyst');
    await page.route('**/graphql', (route) => route.abort());
    await page.reload();
    await expect(page.getByText(/The server cannot be reached/)).toBeVisible();
    await page.unroute('**/graphql');
    await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
    await expect(page.getByText(/The server cannot be reached/)).toHaveCount(0);
    expect(server.url).toBe(new URL(page.url()).origin);
  });
});
