import { asSomebody, expect, expectAccessible, test } from './test.js';

test('what a viewer sees of their profile', async ({ page, signInAs }) => {
  await signInAs('viewer', '/settings');
  await expect(page.getByRole('main').getByText('viewer@example.com')).toBeVisible();
  await expect(page.getByText('An admin can change your role.')).toBeVisible();
  await expect(page.getByLabel('Show those of everybody')).toHaveCount(0);
  await expectAccessible(page);
});

test('everybody changes their own name, and sees when somebody else did', async ({ page, server }) => {
  server.command(['user', 'create', '--email', 'kim@example.org', '--name', 'Kim Example', '--role', 'viewer', '--password-stdin'], 'a long passphrase\n');
  await page.goto('/sign-in?next=/settings');
  await page.getByLabel('E-mail').fill('kim@example.org');
  await page.getByLabel('Password').fill('a long passphrase');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const profile = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Profile' }) });
  const save = profile.getByRole('button', { name: 'Save the name' });
  await expect(profile.getByLabel('Name')).toHaveValue('Kim Example');
  await expect(save).toBeDisabled();
  await profile.getByLabel('Name').fill(' ');
  await save.click();
  await expect(profile.getByLabel('Name')).toHaveAccessibleDescription(/must not be empty/);
  await expectAccessible(page);
  await profile.getByLabel('Name').fill('Kim Newname');
  await save.click();
  await expect(page.getByText('Your name was saved.')).toBeVisible();
  await expect(page.getByText('Kim Newname · Viewer')).toBeVisible();

  const admin = await asSomebody(server, 'admin');
  const { users } = await admin('{ users(first: 1, filter: { search: "kim@example.org" }) { nodes { id } } }') as { users: { nodes: [{ id: string }] } };
  await profile.getByLabel('Name').fill('Kim Mine');
  await admin('mutation($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }', { input: { id: users.nodes[0].id, name: 'Kim Theirs' } });
  await save.click();
  await expect(profile.getByRole('alert')).toContainText('theirs Kim Theirs · yours Kim Mine');
  await expectAccessible(page);
  await profile.getByRole('button', { name: 'Keep mine' }).click();
  await expect(page.getByText('Kim Mine · Viewer')).toBeVisible();
});

test('light, dark, or as the system', async ({ page, signInAs }) => {
  await signInAs('viewer', '/settings');
  const html = page.locator('html');
  await page.getByLabel('Dark').check();
  await expect(html).toHaveAttribute('data-theme', 'dark');
  await expectAccessible(page);
  await page.reload();
  await expect(html).toHaveAttribute('data-theme', 'dark');
  await page.getByLabel('As the system').check();
  await expect(html).toHaveAttribute('data-theme', 'light');
});

test('the chosen theme is there before the app is', async ({ page, signInAs }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await signInAs('viewer', '/settings');
  await page.getByLabel('Dark').check();
  let goOn = () => {};
  const held = new Promise<void>((resolve) => { goOn = resolve; });
  await page.route(/\/index-[^/]*\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.reload({ waitUntil: 'commit' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(17, 20, 22)');
  await expect(page.locator('#app')).toBeEmpty();
  goOn();
  await expect(page.getByLabel('Dark')).toBeChecked();
});

test('the password: what is wrong at its field, and what becomes of other sessions', async ({ page, server }) => {
  server.command(['user', 'create', '--email', 'pat@example.org', '--name', 'Pat Example', '--role', 'viewer', '--password-stdin'], 'a long passphrase\n');
  await page.goto('/sign-in?next=/settings');
  await page.getByLabel('E-mail').fill('pat@example.org');
  await page.getByLabel('Password').fill('a long passphrase');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();

  await page.getByLabel('Current password').fill('wrong');
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('New password')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('New password').fill('another long passphrase');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('Current password')).toHaveAccessibleDescription('The current password is wrong.');
  await expect(page.getByText('Your other sessions end at once; this one goes on.')).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel('Current password').fill('a long passphrase');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Your password is changed. All other sessions have ended.')).toBeVisible();
  await expect(page.getByLabel('Current password')).toHaveValue('');
});

test('another session is listed, and ended', async ({ page, server, signInAs }) => {
  const other = await asSomebody(server, 'analyst');
  await signInAs('analyst', '/settings');
  await expect(page.getByText('this one', { exact: true })).toHaveCount(1);
  await page.getByRole('button', { name: 'End the session of node' }).first().click();
  await expect(page.getByText('The session of node ended.')).toBeVisible();
  await expect(other('{ me { id } }')).rejects.toThrow();
});

test.describe('signed out', () => {
  test.use({ allowed: /status of 401/ });

  test('everywhere', async ({ page, server, signInAs }) => {
    const other = await asSomebody(server, 'analyst');
    await signInAs('analyst', '/settings');
    await page.getByRole('button', { name: 'Sign out everywhere…' }).click();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible();
    await expect(other('{ me { id } }')).rejects.toThrow();
  });
});

test('a token is shown once, works, and is revoked', async ({ page, server, context, signInAs }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await signInAs('analyst', '/settings');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('What it is for')).toBeFocused();
  await expect(dialog.getByLabel('What it may do').getByRole('option')).toHaveText(['Viewer', 'Analyst']);
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.getByLabel('What it is for')).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);

  await dialog.getByLabel('What it is for').fill('Bank feed');
  await dialog.getByLabel('Works for').selectOption('One year');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.getByRole('heading', { name: 'Copy the token now' })).toBeVisible();
  const token = await dialog.getByLabel('Token', { exact: true }).inputValue();
  expect(token).toMatch(/^tallybook_[\w-]{48}$/);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByText('Copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  await dialog.getByRole('button', { name: 'I have it' }).click();
  await expect(page.getByText(token)).toHaveCount(0);

  const ask = () => fetch(new URL('/graphql', server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ me { name } }"}',
  }).then((response) => response.text());
  expect(await ask()).toContain('Ana Morales');

  await page.getByRole('button', { name: 'Revoke Bank feed' }).click();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('“Bank feed” is revoked.')).toBeVisible();
  await expect(page.getByText('There are no tokens.')).toBeVisible();
  expect(await ask()).toContain('UNAUTHENTICATED');
});

test('admins see the tokens of everybody', async ({ page, server, signInAs }) => {
  const viewer = await asSomebody(server, 'viewer');
  await viewer('mutation { createApiToken(input: { name: "Vera\'s report", role: VIEWER }) { apiToken { id } } }');
  await signInAs('admin', '/settings');
  await expect(page.getByText('There are no tokens.')).toBeVisible();
  await page.getByLabel('Show those of everybody').check();
  await expect(page.getByRole('row').filter({ hasText: 'Vera\'s report' })).toContainText('Vera Lind');
  await expectAccessible(page);
});
