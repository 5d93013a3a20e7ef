import { addDays, today } from '../../format/index.js';

export type Expiry = '30' | '90' | '365' | 'day' | 'never';

export const EXPIRIES: readonly Expiry[] = ['30', '90', '365', 'day', 'never'];

/** When a token stops working: after the last moment of its last day, where the reader is. Null where that is never. */
export function expiresAtOf(expiry: Expiry, day: string, from = today()): string | null {
  if (expiry === 'never') return null;
  const last = expiry === 'day' ? day : addDays(from, Number(expiry));
  const [year = 0, month = 1, date = 1] = last.split('-').map(Number);
  return new Date(year, month - 1, date + 1).toISOString();
}
