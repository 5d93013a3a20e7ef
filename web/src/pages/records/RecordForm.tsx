import { useBlocker } from '@tanstack/react-router';
import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { formatAgo, formatDay, parseAmount, today } from '../../format/index.js';
import type { Problem } from '../../graphql/errors.js';
import { useChange } from '../../graphql/useChange.js';
import { type Organization, useCurrencies } from '../../session/organization.js';
import { text } from '../../text/index.js';
import { Button, classes, Conflict, Dialog, ErrorNotice, Panel, SelectField, TextArea, TextField, ui, useToast } from '../../ui/index.js';
import { amountSentence } from './amountSentence.js';
import { CategoryField } from './CategoryField.js';
import { differencesOf } from './differences.js';
import { CreateRecord, type DetailedRecord, RecordQuery, UpdateRecord } from './documents.js';
import {
  changedFields, conflictsOf, type Draft, type DraftField, type DraftProblem, draftOf, expected, FIELDS, inputOf, problemsOfDraft, rebased,
} from './draft.js';
import { History } from './History.js';
import { type ListOf, Trail } from './RecordPanel.js';
import styles from './records.module.css';
import { recordsSearch } from './search.js';
import { useDelete } from './useDelete.js';

const words = text.records.form;

type Props = {
  /** Null for one that is not entered yet. */
  record: DetailedRecord | null;
  /** It was deleted, or cannot be seen any more, since the form was opened. */
  isGone?: boolean;
  organization: Organization;
  of: ListOf;
  onClose: () => void;
};

export function RecordForm({ record, isGone = false, organization, of: { filter, orderBy, list }, onClose }: Props) {
  const client = useClient();
  const toast = useToast();
  const currencies = useCurrencies();
  const create = useChange(CreateRecord);
  const update = useChange(UpdateRecord);
  const remove = useDelete(list, filter);
  const { isBusy, problems } = record ? update : create;

  /** The record as it was when what is changed here was read. */
  const [base, setBase] = useState(record);
  const [blank, setBlank] = useState<Draft>(() => ({
    kind: filter.kind ?? 'EXPENSE',
    amount: '',
    currency: organization.baseCurrency ?? '',
    category: '',
    counterparty: '',
    date: today(),
    notes: '',
  }));
  const before = base ? draftOf(base) : blank;
  const [draft, setDraft] = useState(before);
  const changes = changedFields(before, draft);
  const isDirty = changes.length > 0;

  // What somebody else changed is taken over, unless there is something here that it would go against.
  const theirs = record && base && record.version > base.version ? record : null;
  if (theirs && !isDirty) {
    setBase(theirs);
    setDraft(draftOf(theirs));
  }

  // A problem is shown once its field was left, or everything was sent; and no longer than the field stays as it was.
  const [left, setLeft] = useState<ReadonlySet<DraftField>>(new Set());
  const [edited, setEdited] = useState<ReadonlySet<DraftField>>(new Set());
  const [isTried, setTried] = useState(false);
  const [isSaving, setSaving] = useState(false);

  const digits = currencies.find(({ code }) => code === draft.currency)?.fractionDigits ?? 2;
  const typed = parseAmount(draft.amount, digits);
  const localProblems = problemsOfDraft(draft, typed, organization.closedThrough);
  const problemsOf = (field: DraftField): string[] => {
    const local = localProblems
      .filter((each) => each.field === field && (isTried || (left.has(field) && each.problem.problem !== 'empty')))
      .map((problem) => sentence(problem, draft.currency, digits));
    if (local.length > 0) return local;
    return edited.has(field) ? [] : problems.filter((problem) => fieldOf(problem) === field).map(({ message }) => message);
  };
  const others = problems.filter((problem) => fieldOf(problem) === null && problem.code !== 'VERSION_CONFLICT');

  const form = useRef<HTMLFormElement>(null);
  const focusProblem = () => requestAnimationFrame(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
  const isNew = record === null;
  // After the panel, which has its heading focused.
  const focusFirst = () => requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[name="amount"]')?.focus());
  useEffect(() => {
    if (!isNew) return undefined;
    const frame = focusFirst();
    return () => { cancelAnimationFrame(frame); };
  }, [isNew]);

  const isLeaving = useRef(false);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => {
      const [here, there] = [recordsSearch(current.search), recordsSearch(next.search)];
      const isStaying = current.pathname === next.pathname && here.record === there.record && here.new === there.new;
      return isDirty && !isStaying && !isLeaving.current;
    },
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });

  const set = (field: DraftField) => (event: ChangeEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>) => {
    const { value } = event.currentTarget;
    setDraft((now) => ({ ...now, [field]: value }));
    setEdited((now) => new Set(now).add(field));
  };
  const leave = (field: DraftField) => () => { setLeft((now) => new Set(now).add(field)); };
  const wired = (field: DraftField) => ({
    name: field,
    value: draft[field],
    onChange: set(field),
    onBlur: leave(field),
    problems: problemsOf(field),
  });

  const close = () => {
    isLeaving.current = true;
    onClose();
  };

  const enterRecord = async (amount: string, isAnother: boolean) => {
    const { data } = await create.run({ ...draft, ...inputOf(draft, amount, FIELDS) }, { filter, orderBy });
    if (!data?.createRecord) {
      focusProblem();
      return;
    }
    const { record: made, recordEdge } = data.createRecord;
    if (recordEdge) list.change(made.id, made);
    toast({ message: text.records.entered });
    if (!isAnother) {
      close();
      return;
    }
    const next: Draft = { ...draft, amount: '', category: '', counterparty: '', notes: '' };
    setBlank(next);
    setDraft(next);
    setTried(false);
    setLeft(new Set());
    focusFirst();
  };

  const changeRecord = async (from: DetailedRecord, now: Draft, amount: string) => {
    const fields = changedFields(draftOf(from), now);
    if (fields.length === 0) {
      close();
      return;
    }
    // The list has it at once; if it is refused, the list has it as it was.
    list.change(from.id, expected(from, now, amount));
    const { data, problems: found } = await update.run(
      { id: from.id, expectedVersion: from.version, ...inputOf(now, amount, fields) },
      { filter, orderBy },
    );
    if (data?.updateRecord) {
      list.change(from.id, data.updateRecord.recordEdge ? data.updateRecord.record : null);
      toast({ message: text.records.saved });
      close();
      return;
    }
    list.change(from.id, from);
    if (found?.some(({ code }) => code === 'VERSION_CONFLICT')) {
      setSaving(true);
      await client.query(RecordQuery, { id: from.id }, { requestPolicy: 'network-only' }).toPromise();
    } else {
      focusProblem();
    }
  };

  const save = (isAnother = false) => {
    setTried(true);
    setEdited(new Set());
    if (localProblems.length > 0 || 'problem' in typed) {
      focusProblem();
      return;
    }
    if (base) void changeRecord(base, draft, typed.amount);
    else void enterRecord(typed.amount, isAnother);
  };

  const keepMine = (from: DetailedRecord) => {
    const mine = rebased(before, draftOf(from), draft);
    setBase(from);
    setDraft(mine);
    update.reset();
    const amount = parseAmount(mine.amount, digits);
    // Only where it was on its way already.
    if (isSaving && 'amount' in amount) void changeRecord(from, mine, amount.amount);
    setSaving(false);
  };
  const takeTheirs = (from: DetailedRecord) => {
    setBase(from);
    setDraft(draftOf(from));
    setSaving(false);
    update.reset();
  };

  const isBelowZero = /^\s*[-−–]/.test(draft.amount);
  const amountHint = !isBelowZero ? words.amountHint : draft.kind === 'INCOME' ? words.paidBackHint : words.refundHint;
  const inUse = organization.currencies ?? [];

  return (
    <Panel title={record ? words.edit : words.new} onClose={onClose}>
      <form
        ref={form}
        className={ui.form}
        noValidate
        aria-label={record ? words.edit : words.new}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {isGone && <p className={styles.gone} role="alert">{words.goneHint}</p>}
        {theirs && isDirty && (
          <Conflict
            differences={differencesOf(conflictsOf(before, draftOf(theirs), draft))}
            none={text.records.conflict.onlyOthers}
            onKeep={() => { keepMine(theirs); }}
            onTake={() => { takeTheirs(theirs); }}
          >
            {text.records.conflict.title(theirs.updatedBy.name, formatAgo(theirs.updatedAt))}
          </Conflict>
        )}
        <ErrorNotice problems={others} />
        <SelectField label={words.kind} {...wired('kind')}>
          <option value="EXPENSE">{words.expense}</option>
          <option value="INCOME">{words.income}</option>
        </SelectField>
        <div className={styles.amountPair}>
          <TextField label={words.amount} hint={amountHint} inputMode="text" autoComplete="off" {...wired('amount')} />
          <SelectField label={words.currency} {...wired('currency')}>
            <optgroup label={words.currenciesInUse}>
              {[...new Set([organization.baseCurrency ?? '', ...inUse.map(({ code }) => code)])].map((code) => <option key={code}>{code}</option>)}
            </optgroup>
            <optgroup label={words.allCurrencies}>
              {currencies.filter(({ code }) => code !== organization.baseCurrency && !inUse.some((used) => used.code === code))
                .map(({ code }) => <option key={code}>{code}</option>)}
            </optgroup>
          </SelectField>
        </div>
        <CategoryField label={words.category} hint={words.categoryHint} {...wired('category')} />
        <TextField label={words.counterparty} maxLength={200} autoComplete="off" {...wired('counterparty')} />
        <TextField label={words.date} type="date" {...wired('date')} />
        <TextArea label={words.notes} maxLength={2000} rows={3} {...wired('notes')} />
        <div className={classes(ui.actions, styles.formActions)}>
          <Button type="submit" look="primary" disabled={isBusy}>{words.save}</Button>
          {isNew && <Button disabled={isBusy} onClick={() => { save(true); }}>{words.saveAndNew}</Button>}
          <Button onClick={onClose}>{text.common.cancel}</Button>
          {record?.viewerCanDelete && (
            <Button
              look="danger"
              className={styles.deletePlace}
              disabled={isBusy}
              onClick={() => {
                close();
                void remove(record);
              }}
            >
              {words.delete}
            </Button>
          )}
        </div>
      </form>
      {record && <Trail record={record} />}
      {record && <History id={record.id} version={record.version} />}
      {blocker.status === 'blocked' && (
        <Dialog title={words.unsaved} onClose={blocker.reset}>
          <p>{words.unsavedHint}</p>
          <div className={ui.actions}>
            <Button look="primary" onClick={blocker.reset} data-first>{words.keepEditing}</Button>
            <Button look="danger" onClick={blocker.proceed}>{words.discard}</Button>
          </div>
        </Dialog>
      )}
    </Panel>
  );
}

/** The field that a refusal is about. A closed day is about the day, whichever of both it is. */
function fieldOf({ field, code }: Problem): DraftField | null {
  if (code === 'PERIOD_CLOSED') return 'date';
  return FIELDS.find((each) => each === field) ?? null;
}

function sentence({ field, problem }: DraftProblem, currency: string, digits: number): string {
  switch (problem.problem) {
    case 'zero': return words.zero;
    case 'closed': return words.closed(formatDay(problem.through));
    case 'empty':
      if (field === 'category') return words.categoryEmpty;
      return field === 'date' ? words.dateEmpty : text.common.amountProblems.empty;
    default: return amountSentence(problem, currency, digits);
  }
}
