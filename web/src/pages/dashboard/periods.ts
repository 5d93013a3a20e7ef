import { addDays, formatDay, formatDays, formatMonth, formatMonths, formatShortDay, formatShortMonth, formatYear, formatYears } from '../../format/index.js';
import type { IntervalName } from './search.js';

type Period = { from: string; to: string };

function isFirstOfMonth(day: string): boolean {
  return day.endsWith('-01');
}

function isLastOfMonth(day: string): boolean {
  return isFirstOfMonth(addDays(day, 1));
}

/** What a period is called in full. One that the range cuts short is called by its days. */
export function periodName(interval: IntervalName, { from, to }: Period): string {
  const isWhole = isFirstOfMonth(from) && isLastOfMonth(to);
  if (interval === 'day') return formatDay(from);
  if (interval === 'week' || !isWhole) return formatDays(from, to);
  if (interval === 'month') return formatMonth(from);
  if (interval === 'quarter') return formatMonths(from, to);
  return formatYears(from, to);
}

/** What it is called under its bars. */
export function periodTick(interval: IntervalName, { from, to }: Period): string {
  if (interval === 'day' || interval === 'week') return formatShortDay(from);
  if (interval === 'year') return formatYears(from, to);
  // January says which year it is.
  return from.slice(5, 7) === '01' ? formatYear(from) : formatShortMonth(from);
}
