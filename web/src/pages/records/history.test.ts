import { beforeAll, expect, test, vi } from 'vitest';
import type { HistoryEvent } from './documents.js';
import { sentenceOf } from './history.js';

beforeAll(() => { vi.stubGlobal('navigator', { language: 'en-GB' }); });

function event(changes: HistoryEvent['changes'], others: Partial<HistoryEvent> = {}): HistoryEvent {
  return {
    id: 'event_1', action: 'UPDATED', entityType: 'RECORD', at: '2026-11-29T12:00:00Z', actor: { id: 'user_1', name: 'Ana Morales' }, via: null, changes, ...others,
  };
}

test.each([
  [event([{ field: 'amount', before: '12.50', after: '13.00' }]), 'Ana Morales changed the amount from 12.50 to 13.00'],
  [event([{ field: 'notes', before: '', after: 'Berlin' }]), 'Ana Morales set the notes to “Berlin”'],
  [event([{ field: 'counterparty', before: 'Bahn', after: null }]), 'Ana Morales removed the counterparty “Bahn”'],
  [
    event([
      { field: 'kind', before: 'EXPENSE', after: 'INCOME' },
      { field: 'date', before: '2026-11-20', after: '2026-11-21' },
      { field: 'category', before: 'Travel', after: 'Rent' },
    ]),
    'Ana Morales changed the kind from an expense to income, changed the date from 20 Nov 2026 to 21 Nov 2026 and changed the category from “Travel” to “Rent”',
  ],
  [event([{ field: 'amount', before: null, after: '1234.50' }, { field: 'currency', before: null, after: 'EUR' }], { action: 'CREATED' }), 'Ana Morales entered it with 1,234.50 EUR'],
  [event([], { action: 'DELETED' }), 'Ana Morales deleted it'],
  [event([], { action: 'RESTORED', actor: null }), 'The server restored it'],
  [event([{ field: 'name', before: 'Rent', after: 'Rents' }], { entityType: 'CATEGORY' }), 'Ana Morales renamed its category from “Rent” to “Rents”'],
  [event([{ field: 'mergedInto', before: null, after: 'House' }], { entityType: 'CATEGORY', action: 'MERGED' }), 'Ana Morales merged its category into “House”'],
  [event([], { action: 'CREATED', via: { __typename: 'Import', id: 'import_1', filename: 'bank.csv' } }), 'Ana Morales entered it, by the import of bank.csv'],
])('%#: %o', (given, sentence) => {
  expect(sentenceOf(given)).toBe(sentence);
});
