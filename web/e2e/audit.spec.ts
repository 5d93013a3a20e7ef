import { asSomebody, expect, expectAccessible, test } from './test.js';

test('what was done, as sentences, with links to what was changed', async ({ page, server, signInAs }) => {
  const admin = await asSomebody(server, 'admin');
  const { createRecord } = await admin(`mutation {
    createRecord(input: { kind: EXPENSE, amount: "12.50", category: "Travel", date: "2026-11-20", counterparty: "Northwind" }) { record { id } }
  }`) as { createRecord: { record: { id: string } } };
  const { id } = createRecord.record;
  await admin('mutation($input: UpdateRecordInput!) { updateRecord(input: $input) { record { id } } }', { input: { id, amount: '15.00' } });

  await signInAs('admin', '/audit');
  const changed = page.getByRole('listitem').filter({ hasText: 'Amount: from 12.50 to 15.00' }).last();
  await expect(page.getByText('Amount: from 12.50 to 15.00')).toBeVisible();
  await expect(page.getByText(/Adam Okafor entered an expense of 12\.50 USD in Travel, 20 Nov 2026/)).toBeVisible();
  await expect(changed).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole('link', { name: 'an expense of 15.00 USD in Travel, 20 Nov 2026', exact: true }).first()).toHaveAttribute('href', `/records?record=${id}`);

  await page.getByRole('link', { name: 'History of an expense of 15.00 USD in Travel, 20 Nov 2026' }).click();
  await expect(page).toHaveURL(new RegExp(`\\?about=${id}$`));
  await expect(page.getByText('2 events')).toBeVisible();
  await page.getByRole('button', { name: 'Show the events of all objects' }).click();
  await expect(page).toHaveURL(/\/audit$/);
});

test('what is done elsewhere shows without a reload', async ({ page, server, signInAs }) => {
  const analyst = await asSomebody(server, 'analyst');
  await signInAs('admin', '/audit?type=RECORD');
  await expect(page.getByRole('main').getByRole('time').first()).toBeVisible();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByRole('main').getByRole('time')).toHaveCount(100);
  await page.evaluate(() => { document.body.dataset['same'] = 'yes'; });
  await analyst('mutation { createRecord(input: { kind: INCOME, amount: "77.00", category: "Travel", date: "2026-11-21" }) { record { id } } }');
  await expect(page.getByText(/Ana Morales entered income of 77\.00 USD in Travel, 21 Nov 2026/)).toBeVisible();
  await expect(page.getByRole('main').getByRole('time')).toHaveCount(100);
  expect(await page.evaluate(() => document.body.dataset['same'])).toBe('yes');
});

test('filters are in the address, and what matches nothing says so', async ({ page, signInAs }) => {
  await signInAs('admin', '/audit');
  await page.getByRole('combobox', { name: 'What' }).selectOption('Sessions');
  await page.getByRole('combobox', { name: 'Action' }).selectOption('Signed in');
  await page.getByRole('combobox', { name: 'Who' }).selectOption('Adam Okafor');
  await expect(page).toHaveURL(/type=SESSION&action=SIGNED_IN&by=user_/);
  await expect(page.getByText('Adam Okafor signed in').first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Who' })).toContainText('Adam Okafor');
  await expect(page.getByText('Adam Okafor signed in').first()).toBeVisible();

  await page.getByLabel('To', { exact: true }).fill('2001-01-01');
  await expect(page).toHaveURL(/to=2001-01-01/);
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeHidden();
});

test('more of it, without a gap and without anything twice', async ({ page, signInAs }) => {
  await signInAs('admin', '/audit?type=RECORD&action=CREATED');
  const events = page.getByRole('main').getByRole('time');
  await expect(events).toHaveCount(50);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(events).toHaveCount(100);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(events).toHaveCount(150);
  const days = await page.getByRole('main').getByRole('heading', { level: 2 }).allTextContents();
  expect(new Set(days).size).toBe(days.length);
});
