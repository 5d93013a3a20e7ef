// Events of the audit trail in words. The API says what was done by codes and fields, so that each language can say it.

import { formatAmount, formatDay, formatDayOfYear, formatMoment, formatWeekday, readersLocale } from '../../format/index.js';
import { clientNameOf } from '../../session/clientName.js';
import { text } from '../../text/index.js';
import type { AuditEvent } from './documents.js';

export type Told = {
  /** With `{who}` and `{what}` where these belong. */
  sentence: string;
  who: string;
  what: string;
  /** From what to what. */
  changes: string[];
};

type Change = AuditEvent['changes'][number];

const { audit } = text;

export function tell(event: AuditEvent, locale = readersLocale()): Told {
  return {
    sentence: sentenceOf(event),
    who: whoOf(event),
    what: whatOf(event, locale),
    changes: event.changes.filter((change) => !isSaid(event, change)).map((change) => changeOf(event, change, locale)),
  };
}

/** A sentence in parts: what stands in it, and where something is to be put in. */
export function partsOf(sentence: string): string[] {
  return sentence.split(/(\{who\}|\{what\})/).filter((part) => part !== '');
}

function valueAfter({ changes }: AuditEvent, field: string): string | null {
  return changes.find((change) => change.field === field)?.after ?? null;
}

function changesOnly({ changes }: AuditEvent, field: string): boolean {
  return changes.length === 1 && changes[0]?.field === field;
}

function sentenceOf(event: AuditEvent): string {
  const { entityType, action, actor } = event;
  const sentences: Readonly<Record<string, string>> = audit.sentences[entityType];
  return sentences[variantOf(event)] ?? sentences[action] ?? audit.sentences.other(audit.actions[action]);

  function variantOf({ changes }: AuditEvent): string {
    const isAbout = (field: string) => changes.some((change) => change.field === field);
    if (entityType === 'CATEGORY' && isAbout('mergedFrom')) return action === 'MERGED' ? 'mergedFrom' : 'unmergedFrom';
    if (entityType === 'USER' && action === 'CREATED' && !actor && event.requestId) return 'registered';
    if (entityType === 'USER' && action === 'PASSWORD_CHANGED' && actor?.id === event.entityId) return 'ownPassword';
    if (entityType === 'USER' && action === 'UPDATED' && changesOnly(event, 'isActive')) {
      return valueAfter(event, 'isActive') === 'true' ? 'activated' : 'deactivated';
    }
    return action;
  }
}

function whoOf({ actor, action, requestId }: AuditEvent): string {
  if (actor) return actor.name;
  return requestId || action === 'SIGN_IN_FAILED' ? audit.somebody : audit.commandLine;
}

function whatOf(event: AuditEvent, locale: string): string {
  const { entity, entityType } = event;
  const object = audit.objects[entityType];
  const name = entityType === 'RECORD' ? recordNameOf(event, locale)
    : entity?.__typename === 'Session' ? clientNameOf(entity.userAgent)
    : entity && 'name' in entity ? entity.name
    : valueAfter(event, 'name');
  return name ? object.named(name) : object.unnamed;
}

/** A new record as it was entered, any other as it is now. */
function recordNameOf(event: AuditEvent, locale: string): string | null {
  const { entity, action } = event;
  const say = (kind: string, amount: string, currency: string, category: string, day: string) => (
    audit.recordNamed(kind === 'INCOME' ? 'INCOME' : 'EXPENSE', `${formatAmount(amount, 'auto', locale)} ${currency}`, category, formatDay(day, locale))
  );
  if (action === 'CREATED') {
    const [kind, amount, currency, category, date] = ENTERED.map((field) => valueAfter(event, field));
    if (kind && amount && currency && category && date) return say(kind, amount, currency, category, date);
  }
  if (entity?.__typename !== 'FinancialRecord' || !entity.amount) return null;
  return say(entity.kind, entity.amount.amount, entity.amount.currency, entity.category.name, entity.date);
}

const ENTERED = ['kind', 'amount', 'currency', 'category', 'date'];

/** Whether the sentence says it already, or it says nothing. */
function isSaid(event: AuditEvent, { field, before, after }: Change): boolean {
  if (field === 'deletedAt') return true;
  if (event.action === 'CREATED' && (after === '' || field === 'name')) return before === null;
  if (event.entityType === 'RECORD' && event.action === 'CREATED') return ENTERED.includes(field);
  return event.entityType === 'USER' && changesOnly(event, 'isActive');
}

function changeOf(event: AuditEvent, { field, before, after }: Change, locale: string): string {
  const labels: Readonly<Record<string, string>> = audit.fields;
  const label = labels[field] ?? field;
  const say = (value: string | null) => valueOf(field, value, locale);
  if (field === 'closedThrough' && event.action === 'REOPENED') return audit.changes.changed(label, say(before), say(after));
  if (before === null && after === null) return audit.changes.erased(label);
  if (before === null || before === '') return audit.changes.set(label, say(after));
  if (after === null || after === '') return audit.changes.removed(label, say(before));
  return audit.changes.changed(label, say(before), say(after));
}

function valueOf(field: string, value: string | null, locale: string): string {
  if (value === null) return audit.noDay;
  switch (field) {
    case 'amount':
      return formatAmount(value, 'auto', locale);
    case 'date':
    case 'closedThrough':
      return formatDay(value, locale);
    case 'expiresAt':
      return formatMoment(value, locale);
    case 'financialYearStart':
      return formatDayOfYear(value, locale);
    case 'weekStart':
      return formatWeekday(value, locale);
    case 'isActive':
      return value === 'true' ? audit.yes : audit.no;
    case 'kind':
      return value === 'INCOME' ? text.common.income : text.common.expense;
    case 'role':
      return value === 'ADMIN' || value === 'ANALYST' || value === 'VIEWER' ? text.common.roles[value] : value;
    case 'userAgent':
      return clientNameOf(value);
    case 'name':
    case 'notes':
    case 'reason':
    case 'counterparty':
    case 'category':
    case 'mergedFrom':
    case 'mergedInto':
      return audit.quoted(value);
    default:
      return value;
  }
}
