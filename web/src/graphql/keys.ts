// How the cache tells objects apart. Types with an `id` need nothing: their ids are global; but that of a `Change` is the
// id of what changed.

import type { KeyingConfig } from '@urql/exchange-graphcache';

/** A part of the object that has it, which is never shared. */
const part = () => null;

const text = (value: unknown) => (typeof value === 'string' ? value : null);

export const keys: KeyingConfig = {
  Currency: ({ code }) => text(code),
  SavedImportFormat: ({ name }) => text(name),

  AuditChange: part,
  CategoryTotal: part,
  Change: part,
  Changes: part,
  CreateRecordsResult: part,
  Dashboard: part,
  DemoAccount: part,
  ImportCategory: part,
  ImportCounts: part,
  ImportFormat: part,
  ImportFormatQuestion: part,
  ImportFormatSuggestion: part,
  ImportProblem: part,
  ImportRow: part,
  ImportedRecord: part,
  Limits: part,
  Money: part,
  OtherCategories: part,
  PreviousSummary: part,
  RecordProblem: part,
  Summary: part,
  TrendPoint: part,
};
