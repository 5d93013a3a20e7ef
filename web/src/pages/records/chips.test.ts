import { beforeAll, expect, test, vi } from 'vitest';
import { chipsOf } from './chips.js';

beforeAll(() => { vi.stubGlobal('navigator', { language: 'en-GB' }); });

const chips = (search: Parameters<typeof chipsOf>[0]) => chipsOf(search, (id) => ({ user_1: 'Ana Morales' })[id], 'USD');

test('every filter is a chip, which takes away only itself', () => {
  const found = chips({
    kind: 'EXPENSE', category: ['Rent', 'Travel'], from: '2026-01-01', to: '2026-01-31', minAmount: '1234.50', createdBy: ['user_1'], deleted: 'ONLY',
  });
  // Intl has narrow blanks around its dash.
  expect(found.map(({ label }) => label.replace(/\s?–\s?/, '–'))).toEqual([
    'Expenses', '1–31 Jan 2026', 'Rent', 'Travel', 'At least 1,234.50 USD', 'Entered by Ana Morales', 'Only deleted ones',
  ]);
  expect(found[1]?.without).toEqual({ from: undefined, to: undefined });
  expect(found[2]?.without).toEqual({ category: ['Travel'] });
});

test('amounts are in the only currency; what is none stands as it is', () => {
  expect(chips({ currency: 'EUR', maxAmount: '5' }).map(({ label }) => label)).toEqual(['EUR', 'At most 5 EUR']);
  expect(chips({ maxAmount: 'lots', from: 'yesterday' }).map(({ label }) => label)).toEqual(['From yesterday', 'At most lots']);
});
