import { one } from '../../app/search.js';
import { text } from '../../text/index.js';

export type Entity = keyof typeof text.audit.entities;
export type Action = keyof typeof text.audit.actions;

export type AuditSearch = {
  type?: Entity | undefined;
  action?: Action | undefined;
  /** The user who did it. */
  by?: string | undefined;
  /** The object that it was done to. */
  about?: string | undefined;
  /** The first and the last day, of the reader. */
  from?: string | undefined;
  to?: string | undefined;
};

function isEntity(value: string | undefined): value is Entity {
  return value !== undefined && Object.hasOwn(text.audit.entities, value);
}

function isAction(value: string | undefined): value is Action {
  return value !== undefined && Object.hasOwn(text.audit.actions, value);
}

function dayOf(value: unknown): string | undefined {
  const day = one(value);
  return day && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined;
}

/** The filters of the trail. What nobody can have meant is dropped. */
export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const type = one(search['type']);
  const action = one(search['action']);
  return {
    type: isEntity(type) ? type : undefined,
    action: isAction(action) ? action : undefined,
    by: one(search['by']) || undefined,
    about: one(search['about']) || undefined,
    from: dayOf(search['from']),
    to: dayOf(search['to']),
  };
}

/** When a day begins where the reader is; `later` days after it. */
function beginningOf(day: string, later = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** The filter of the API. */
export function filterOf({ type, action, by, about, from, to }: AuditSearch) {
  return {
    ...(type && { entityType: type }),
    ...(action && { action }),
    ...(by && { actor: by }),
    ...(about && { entityId: about }),
    ...(from && { from: beginningOf(from) }),
    ...(to && { to: beginningOf(to, 1) }),
  };
}
