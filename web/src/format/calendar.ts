// Parts of the calendar that have no year: days of the week, and the day on which a financial year begins.

import { readersLocale } from './locale.js';

/** A leap year that begins on a Saturday: every day of a year is in it. */
const YEAR = 2000;

const WEEKDAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

/** `SUNDAY` as Sunday. */
export function formatWeekday(weekday: string, locale = readersLocale()): string {
  const index = WEEKDAYS.indexOf(weekday);
  if (index < 0) return weekday;
  return new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(YEAR, 0, 2 + index));
}

/** `04-06` as 6 April. */
export function formatDayOfYear(monthAndDay: string, locale = readersLocale()): string {
  const [month = 1, day = 1] = monthAndDay.split('-').map(Number);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(Date.UTC(YEAR, month - 1, day));
}

/** January, by its number from 1. */
export function formatMonthName(month: number, locale = readersLocale()): string {
  return new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(YEAR, month - 1, 1));
}

/** The time of a moment, in the reader's time zone: 14:05 */
export function formatTime(moment: string, locale = readersLocale()): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(moment));
}
