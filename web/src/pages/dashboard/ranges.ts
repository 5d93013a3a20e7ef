import { addDays } from '../../format/index.js';
import type { IntervalName, RangeName } from './search.js';

export type Range = { from: string | null; to: string | null };

const DAY_MS = 86_400_000;

function partsOf(day: string): { year: number; month: number } {
  const [year, month] = day.split('-');
  return { year: Number(year), month: Number(month) };
}

/** The first day of a month, counted on over the end of a year: month 14 of 2026 is February 2027. */
function firstOfMonth(year: number, month: number): string {
  return new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 10);
}

/** The first day of the financial year that a day is in; `start` is the month and day it begins with, `04-06`. */
export function financialYearStart(day: string, start: string): string {
  const { year } = partsOf(day);
  const thisYears = `${String(year).padStart(4, '0')}-${start}`;
  return thisYears <= day ? thisYears : `${String(year - 1).padStart(4, '0')}-${start}`;
}

/** The first day of the quarter of the financial year that a day is in. */
export function quarterStart(day: string, start: string): string {
  const yearStart = financialYearStart(day, start);
  const { year, month } = partsOf(yearStart);
  const dayOfMonth = Number(start.slice(3));
  const quarters = [0, 3, 6, 9].map((months) => lastThatIsThere(year, month + months, dayOfMonth));
  return quarters.findLast((quarter) => quarter <= day) ?? yearStart;
}

/** A day of a month, or the month's last where it is shorter. */
function lastThatIsThere(year: number, month: number, dayOfMonth: number): string {
  const last = addDays(firstOfMonth(year, month + 1), -1);
  const wanted = addDays(firstOfMonth(year, month), dayOfMonth - 1);
  return wanted < last ? wanted : last;
}

/**
 * The days of a range that goes by today. This month, quarter and year end today, so that they are compared with as many
 * days of an earlier one; the last twelve months are whole ones, the current one among them.
 */
export function rangeOf(name: Exclude<RangeName, 'own'>, today: string, yearStart: string): Range {
  const { year, month } = partsOf(today);
  switch (name) {
    case 'month': return { from: firstOfMonth(year, month), to: today };
    case 'quarter': return { from: quarterStart(today, yearStart), to: today };
    case 'year': return { from: financialYearStart(today, yearStart), to: today };
    case 'last-12-months': return { from: firstOfMonth(year - 1, month + 1), to: addDays(firstOfMonth(year, month + 1), -1) };
    case 'all': return { from: null, to: null };
  }
}

/** How many days a range has; null where it is open. */
export function daysIn({ from, to }: Range): number | null {
  if (from === null || to === null) return null;
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** The interval that gives a picture with neither two bars nor two hundred. */
export function usualInterval(days: number | null): IntervalName {
  if (days === null) return 'quarter';
  if (days <= 31) return 'day';
  if (days <= 123) return 'week';
  if (days <= 3 * 366) return 'month';
  if (days <= 12 * 366) return 'quarter';
  return 'year';
}

/** The intervals that make sense to choose: a picture of ten years by day is none. */
export function offeredIntervals(days: number | null): IntervalName[] {
  const size = days ?? Infinity;
  return [
    ...(size <= 400 ? ['day' as const] : []),
    ...(size <= 3 * 366 || days === null ? ['week' as const] : []),
    'month',
    'quarter',
    'year',
  ];
}

/** Whether this is a day that the calendar has. */
export function isDay(day: string | undefined): day is string {
  if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
