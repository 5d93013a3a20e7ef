import { asSomebody, expect, expectAccessible, test } from './test.js';

test('name, currency, financial year and week', async ({ page, signInAs }) => {
  await signInAs('admin', '/organization');
  await page.getByLabel('Name').fill('');
  await page.getByLabel('Month').selectOption('February');
  await page.getByLabel('Day', { exact: true }).selectOption('29');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('A financial year cannot begin on 29 February, which most years do not have.')).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel('Name').fill('Example Books');
  await page.getByLabel('Base currency').selectOption('EUR');
  await page.getByLabel('Day', { exact: true }).selectOption('6');
  await page.getByLabel('Month').selectOption('April');
  await page.getByLabel('Week begins').selectOption('Sunday');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Name')).toHaveValue('Example Books');
  await expect(page.getByLabel('Base currency')).toHaveValue('EUR');
  await expect(page.getByLabel('Month')).toHaveValue('04');
  await expect(page.getByLabel('Week begins')).toHaveValue('SUNDAY');
});

test('somebody else was faster: theirs and yours', async ({ page, server, signInAs }) => {
  await signInAs('admin', '/organization');
  await page.getByLabel('Name').fill('Mine');
  const admin = await asSomebody(server, 'admin');
  await admin('mutation { updateOrganization(input: { name: "Theirs" }) { organization { id } } }');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('Adam Okafor changed the organization');
  await expect(page.getByRole('alert')).toContainText('theirs Theirs · yours Mine');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await expect(page.getByLabel('Name')).toHaveValue('Theirs');
});

test('the books close and reopen, with a reason', async ({ page, signInAs }) => {
  await signInAs('admin', '/organization');
  await page.getByRole('button', { name: 'Close the books…' }).click();
  const closing = page.getByRole('dialog', { name: 'Close the books' });
  await expect(closing.getByLabel('Last day to close')).toBeFocused();
  await closing.getByLabel('Last day to close').fill('2025-12-31');
  await expect(closing.getByText(/records up to 31 Dec 2025 can then no longer be changed/)).toBeVisible();
  await closing.getByLabel('Reason').fill('Year filed');
  await expectAccessible(page);
  await closing.getByRole('button', { name: 'Close through 31 Dec 2025' }).click();
  await expect(closing).toBeHidden();
  await expect(page.getByText(/The books are closed through 31 Dec 2025. Records up to that day/)).toBeVisible();

  await page.getByRole('button', { name: 'Close more days…' }).click();
  await closing.getByLabel('Last day to close').fill('2024-12-31');
  await closing.getByRole('button', { name: 'Close through 31 Dec 2024' }).click();
  await expect(closing.getByLabel('Last day to close')).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Reopen…' }).click();
  const reopening = page.getByRole('dialog', { name: 'Reopen the books' });
  await expect(reopening.getByLabel('Last day that stays closed')).toHaveValue('2025-11-30');
  await reopening.getByRole('button', { name: 'Reopen' }).click();
  await expect(reopening.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);
  await reopening.getByLabel('What is reopened').selectOption('All days');
  await reopening.getByLabel('Reason').fill('Late invoice');
  await reopening.getByRole('button', { name: 'Reopen' }).click();
  await expect(page.getByText('No day is closed: records of any day can be entered and changed.')).toBeVisible();

  await page.getByRole('link', { name: 'What was changed here' }).click();
  await expect(page.getByText('Closed through: from 31 Dec 2025 to no day')).toBeVisible();
  await expect(page.getByText('Reason: “Late invoice”')).toBeVisible();
});
