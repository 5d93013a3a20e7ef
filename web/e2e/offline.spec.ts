// The server goes away while somebody is in the middle of a form.

import { asSomebody, expect, expectAccessible, test } from './test.js';

test.use({ allowed: /Failed to load resource|WebSocket connection/ });

test('what was typed stays, and is saved once when the server is back', async ({ page, server, signInAs }) => {
  await signInAs('admin', '/users?user=new');
  const form = page.getByRole('complementary', { name: 'New user' });
  await form.getByLabel('Name').fill('Ada Example');
  await form.getByLabel('E-mail').fill('ada@example.org');
  await form.getByLabel('First password').fill('a long passphrase');
  await server.stop();
  await form.getByRole('button', { name: 'Create user' }).click();
  await expect(form.getByRole('alert')).toContainText('The server cannot be reached.');
  await expect(page.getByText(/What you see may be out of date/)).toBeVisible();
  await expect(form.getByLabel('Name')).toHaveValue('Ada Example');
  await expectAccessible(page);

  await server.start();
  await expect(page.getByText(/What you see may be out of date/)).toHaveCount(0);
  await form.getByRole('button', { name: 'Create user' }).click();
  await expect(form).toBeHidden();
  const admin = await asSomebody(server, 'admin');
  expect(await admin('{ users(filter: { search: "ada@example.org" }) { totalCount } }')).toEqual({ users: { totalCount: 1 } });
});

test('an answer that got lost: sent again, it is made once', async ({ page, server, signInAs }) => {
  await signInAs('admin', '/users?user=new');
  const form = page.getByRole('complementary', { name: 'New user' });
  await form.getByLabel('Name').fill('Berta Example');
  await form.getByLabel('E-mail').fill('berta@example.org');
  await form.getByLabel('First password').fill('a long passphrase');
  // The server does it, and the browser never hears of it.
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('createUser(')) await route.fetch();
    await route.abort();
  });
  await form.getByRole('button', { name: 'Create user' }).click();
  await expect(form.getByRole('alert')).toContainText('The server cannot be reached.');
  await page.unroute('**/graphql');
  await form.getByRole('button', { name: 'Create user' }).click();
  await expect(page.getByText('Berta Example was created already.')).toBeVisible();
  const admin = await asSomebody(server, 'admin');
  expect(await admin('{ users(filter: { search: "berta@example.org" }) { totalCount } }')).toEqual({ users: { totalCount: 1 } });
});

test('offline, it says so, and goes on by itself', async ({ page, context, signInAs }) => {
  await signInAs('admin', '/audit');
  await expect(page.getByText(/signed in/).first()).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText(/The server cannot be reached. What you see/)).toBeVisible();
  await page.getByRole('combobox', { name: 'What' }).selectOption('Users');
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached.');
  await context.setOffline(false);
  await expect(page.getByText(/The server cannot be reached/)).toHaveCount(0);
  await expect(page.getByText(/events?$/).first()).toBeVisible();
});
