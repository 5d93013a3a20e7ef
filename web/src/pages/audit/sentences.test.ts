import { expect, test } from 'vitest';
import type { AuditEvent } from './documents.js';
import { partsOf, tell } from './sentences.js';

const ada = { id: 'user_1', name: 'Ada' };

function event(given: Partial<AuditEvent>): AuditEvent {
  return {
    id: 'event_1',
    action: 'UPDATED',
    at: '2026-11-29T12:00:00Z',
    requestId: 'request-1',
    entityType: 'RECORD',
    entityId: 'record_1',
    actor: ada,
    changes: [],
    via: null,
    entity: null,
    ...given,
  };
}

function change(field: string, before: string | null, after: string | null) {
  return { field, before, after };
}

/** As it is read on the page. */
function told(given: Partial<AuditEvent>): string {
  const { sentence, who, what, changes } = tell(event(given), 'en-GB');
  const said = partsOf(sentence).map((part) => (part === '{who}' ? who : part === '{what}' ? what : part)).join('');
  return [said, ...changes].join(' | ');
}

const record: AuditEvent['entity'] = {
  __typename: 'FinancialRecord',
  id: 'record_1',
  kind: 'EXPENSE',
  date: '2026-11-21',
  amount: { amount: '1500.00', currency: 'EUR' },
  category: { id: 'category_1', name: 'Travel' },
};

test('a new record is told as it was entered, whatever it is by now', () => {
  expect(told({
    action: 'CREATED',
    entity: record,
    changes: [
      change('kind', null, 'INCOME'), change('amount', null, '12.50'), change('currency', null, 'USD'),
      change('category', null, 'Consulting'), change('date', null, '2026-11-20'), change('notes', null, ''), change('counterparty', null, 'Northwind'),
    ],
  })).toBe('Ada entered income of 12.50 USD in Consulting, 20 Nov 2026 | Counterparty: “Northwind”');
});

test('what changed of a record, from what to what', () => {
  expect(told({
    entity: record,
    changes: [
      change('amount', '1250.00', '1500.00'), change('date', '2026-11-20', '2026-11-21'),
      change('counterparty', null, 'DB'), change('notes', 'Lunch', ''),
    ],
  })).toBe('Ada changed an expense of 1,500.00 EUR in Travel, 21 Nov 2026 | Amount: from 1,250.00 to 1,500.00 '
    + '| Date: from 20 Nov 2026 to 21 Nov 2026 | Counterparty: “DB” | Notes: no longer “Lunch”');
});

test('when a record was deleted is said once', () => {
  expect(told({ action: 'DELETED', changes: [change('deletedAt', null, '2026-11-29T12:00:00Z')] })).toBe('Ada deleted a record');
  expect(told({ action: 'RESTORED', entity: record, changes: [change('deletedAt', '2026-11-29T12:00:00Z', null)] }))
    .toBe('Ada restored an expense of 1,500.00 EUR in Travel, 21 Nov 2026');
});

const zoe: Partial<AuditEvent> = { entityType: 'USER', entityId: 'user_2', entity: { __typename: 'User', id: 'user_2', name: 'Zoe' } };

test('users', () => {
  expect(told({ ...zoe, action: 'CREATED', changes: [change('email', null, 'zoe@example.org'), change('name', null, 'Zoe'), change('role', null, 'ANALYST')] }))
    .toBe('Ada created Zoe | E-mail: zoe@example.org | Role: Analyst');
  expect(told({ ...zoe, action: 'CREATED', actor: null, changes: [change('email', null, 'zoe@example.org')] }))
    .toBe('Zoe registered | E-mail: zoe@example.org');
  expect(told({ ...zoe, action: 'CREATED', actor: null, requestId: null })).toBe('Somebody on the server’s command line created Zoe');
  expect(told({ ...zoe, changes: [change('isActive', 'true', 'false')] })).toBe('Ada deactivated Zoe');
  expect(told({ ...zoe, changes: [change('isActive', 'false', 'true')] })).toBe('Ada activated Zoe');
  expect(told({ ...zoe, changes: [change('role', 'VIEWER', 'ADMIN'), change('isActive', 'false', 'true')] }))
    .toBe('Ada changed Zoe | Role: from Viewer to Admin | Active: from no to yes');
  expect(told({ ...zoe, changes: [change('name', 'Zoe', 'Zoe Zed')] })).toBe('Ada changed Zoe | Name: from “Zoe” to “Zoe Zed”');
  expect(told({ ...zoe, changes: [change('name', null, null)] })).toBe('Ada changed Zoe | Name: erased');
});

test('passwords and sign-ins', () => {
  expect(told({ ...zoe, action: 'PASSWORD_CHANGED' })).toBe('Ada changed the password of Zoe');
  expect(told({ ...zoe, action: 'PASSWORD_CHANGED', actor: { id: 'user_2', name: 'Zoe' } })).toBe('Zoe changed their password');
  expect(told({ ...zoe, action: 'SIGN_IN_FAILED', actor: null, changes: [change('address', null, '192.0.2.1')] }))
    .toBe('Somebody failed to sign in as Zoe | Address: 192.0.2.1');
  expect(told({ entityType: 'SESSION', action: 'SIGNED_IN', changes: [change('userAgent', null, 'curl/8'), change('address', null, '192.0.2.1')] }))
    .toBe('Ada signed in | Browser: curl/8 | Address: 192.0.2.1');
  expect(told({ entityType: 'SESSION', action: 'REVOKED' })).toBe('Ada ended a session');
});

test('categories and their merges', () => {
  const travel: Partial<AuditEvent> = { entityType: 'CATEGORY', entity: { __typename: 'Category', id: 'category_1', name: 'Travel' } };
  expect(told({ ...travel, changes: [change('name', 'Trips', 'Travel')] })).toBe('Ada renamed the category “Travel” | Name: from “Trips” to “Travel”');
  expect(told({ ...travel, action: 'MERGED', changes: [change('mergedInto', 'Travel', 'Costs')] }))
    .toBe('Ada merged the category “Travel” into another one | Shown in: from “Travel” to “Costs”');
  expect(told({ ...travel, action: 'MERGED', changes: [change('mergedFrom', null, 'Trips')] }))
    .toBe('Ada merged another category into the category “Travel” | Merged category: “Trips”');
  expect(told({ entityType: 'CATEGORY', action: 'CREATED', changes: [change('name', null, 'Gone')] })).toBe('Ada made the category “Gone”');
});

test('the books', () => {
  const books: Partial<AuditEvent> = { entityType: 'ORGANIZATION', entity: { __typename: 'Organization', id: 'organization_1', name: 'Ada Ltd' } };
  expect(told({ ...books, action: 'CLOSED', changes: [change('closedThrough', null, '2024-12-31'), change('reason', null, 'Year filed')] }))
    .toBe('Ada closed the books | Closed through: 31 Dec 2024 | Reason: “Year filed”');
  expect(told({ ...books, action: 'REOPENED', changes: [change('closedThrough', '2024-12-31', null), change('reason', null, 'Late invoice')] }))
    .toBe('Ada reopened the books | Closed through: from 31 Dec 2024 to no day | Reason: “Late invoice”');
  expect(told({ ...books, changes: [change('financialYearStart', '01-01', '04-06'), change('weekStart', 'MONDAY', 'SUNDAY')] }))
    .toBe('Ada changed Ada Ltd | Financial year begins: from 1 January to 6 April | Week begins: from Monday to Sunday');
});

test('what this app does not know yet is told all the same', () => {
  expect(told({ entityType: 'API_TOKEN', action: 'RESTORED', changes: [change('colour', 'red', 'green')] }))
    .toBe('Ada: Restored, an API token | colour: from red to green');
});
