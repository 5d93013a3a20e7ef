import type { FieldProblems } from '../../graphql/errors.js';
import { text } from '../../text/index.js';
import { type FormatField, inWords } from './format.js';

/** The problems of a format, by its fields, in the words of the form. */
export function formatProblems(problems: FieldProblems): FieldProblems {
  return new Map([...problems].map(([field, messages]) => [field.replace(/^format\./, '').replace(/\.\d+.*$/, ''), messages.map(inWords)]));
}

/** The fields of the format that were refused, and those that can stand in for them. */
export function refusedFields(problems: FieldProblems): FormatField[] {
  const refused = [...formatProblems(problems).keys()].filter((field): field is FormatField => field in text.imports.fields);
  return [...new Set(refused.flatMap((field): FormatField[] => (field === 'dateColumn' ? ['dateColumn', 'date'] : [field])))];
}
