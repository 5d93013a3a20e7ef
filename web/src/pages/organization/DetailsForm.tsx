import { useState } from 'react';
import { useClient } from 'urql';
import { formatAgo, formatDayOfYear, formatMonthName, formatWeekday } from '../../format/index.js';
import type { VariablesOf } from '../../graphql/index.js';
import { useChange } from '../../graphql/useChange.js';
import { useCurrencies } from '../../session/organization.js';
import { text } from '../../text/index.js';
import { Button, Conflict, ErrorNotice, Field, SelectField, TextField, ui, useToast } from '../../ui/index.js';
import { type Details, OrganizationNow, UpdateOrganization } from './documents.js';
import styles from './organization.module.css';

type Input = VariablesOf<typeof UpdateOrganization>['input'];
type Weekday = NonNullable<Input['weekStart']>;
type Values = { name: string; baseCurrency: string; financialYearStart: string; weekStart: Weekday };
type Clash = { changes: Partial<Values>; theirs: Details; message: string };

const FIELDS = ['name', 'baseCurrency', 'financialYearStart', 'weekStart'] as const;
const WEEKDAYS: readonly Weekday[] = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

function valuesOf({ name, baseCurrency, financialYearStart, weekStart }: Details): Values {
  return { name, baseCurrency: baseCurrency ?? '', financialYearStart: financialYearStart ?? '01-01', weekStart: weekStart ?? 'MONDAY' };
}

/** What is in `values`, and not in `before`. */
function changesFrom(before: Values, values: Partial<Values>): Partial<Values> {
  return Object.fromEntries(FIELDS
    .filter((field) => values[field] !== undefined && values[field] !== before[field])
    .map((field) => [field, values[field]]));
}

export function DetailsForm({ organization }: { organization: Details }) {
  // What is typed, and over which version: another may come meanwhile.
  const [edit, setEdit] = useState<{ base: Details; values: Values } | null>(null);
  const [clash, setClash] = useState<Clash | null>(null);
  const { run, isBusy, problems, fieldProblems, reset } = useChange(UpdateOrganization);
  const currencies = useCurrencies();
  const client = useClient();
  const toast = useToast();

  const base = edit?.base ?? organization;
  const values = edit?.values ?? valuesOf(organization);
  const changes = changesFrom(valuesOf(base), values);
  const change = (changed: Partial<Values>) => { setEdit({ base, values: { ...values, ...changed } }); };
  const forget = () => {
    setEdit(null);
    setClash(null);
    reset();
  };

  const save = async (changed: Partial<Values>, version: number | null) => {
    const { data, problems: refused } = await run({ expectedVersion: version, ...changed });
    if (data?.updateOrganization) {
      forget();
      toast({ message: text.organization.saved });
    }
    if (refused?.some(({ code }) => code === 'VERSION_CONFLICT')) await compare(changed);
  };

  const compare = async (changed: Partial<Values>) => {
    const { data } = await client.query(OrganizationNow, {}, { requestPolicy: 'network-only' }).toPromise();
    const theirs = data?.organization;
    if (!theirs) return;
    reset();
    const left = changesFrom(valuesOf(theirs), changed);
    if (Object.keys(left).length === 0) {
      forget();
      toast({ message: text.organization.sameAlready });
      return;
    }
    const [event] = data.auditEvents?.nodes ?? [];
    setClash({
      changes: left,
      theirs,
      message: event
        ? text.organization.changedBy(event.actor?.name ?? text.organization.commandLine, formatAgo(event.at))
        : text.organization.changed,
    });
  };

  const isKnown = currencies.some(({ code }) => code === values.baseCurrency);
  return (
    <form
      className={ui.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(changes, base.version);
      }}
    >
      {clash && (
        <Conflict
          differences={differencesOf(clash)}
          isBusy={isBusy}
          onKeep={() => void save(clash.changes, clash.theirs.version)}
          onTake={forget}
        >
          {clash.message}
        </Conflict>
      )}
      <ErrorNotice
        problems={problems.filter(({ field, code }) => code !== 'VERSION_CONFLICT' && !FIELDS.some((known) => known === field))}
      />
      <TextField
        label={text.organization.name}
        name="name"
        autoComplete="organization"
        value={values.name}
        problems={fieldProblems.get('name')}
        onChange={(event) => { change({ name: event.target.value }); }}
      />
      <SelectField
        label={text.organization.baseCurrency}
        hint={text.organization.baseCurrencyHint}
        value={values.baseCurrency}
        problems={fieldProblems.get('baseCurrency')}
        onChange={(event) => { change({ baseCurrency: event.target.value }); }}
      >
        {!isKnown && <option value={values.baseCurrency}>{values.baseCurrency}</option>}
        {currencies.map(({ code, name }) => <option key={code} value={code}>{text.organization.currency(code, name)}</option>)}
      </SelectField>
      <YearStart
        start={values.financialYearStart}
        problems={fieldProblems.get('financialYearStart')}
        onChange={(financialYearStart) => { change({ financialYearStart }); }}
      />
      <SelectField
        label={text.organization.weekStart}
        value={values.weekStart}
        problems={fieldProblems.get('weekStart')}
        onChange={(event) => {
          const weekStart = WEEKDAYS.find((weekday) => weekday === event.target.value);
          if (weekStart) change({ weekStart });
        }}
      >
        {WEEKDAYS.map((weekday) => <option key={weekday} value={weekday}>{formatWeekday(weekday)}</option>)}
      </SelectField>
      <div className={ui.actions}>
        <Button type="submit" look="primary" disabled={isBusy || clash !== null || Object.keys(changes).length === 0}>{text.common.save}</Button>
        {edit && <Button onClick={forget}>{text.common.cancel}</Button>}
      </div>
    </form>
  );
}

function differencesOf({ changes, theirs }: Clash) {
  const now = valuesOf(theirs);
  const say: Record<(typeof FIELDS)[number], (value: string) => string> = {
    name: (name) => name,
    baseCurrency: (code) => code,
    financialYearStart: (start) => formatDayOfYear(start),
    weekStart: (weekday) => formatWeekday(weekday),
  };
  const labels = { ...text.organization, financialYearStart: text.organization.financialYear };
  return FIELDS.flatMap((field) => {
    const yours = changes[field];
    return yours === undefined ? [] : [{ label: labels[field], theirs: say[field](now[field]), yours: say[field](yours) }];
  });
}

type YearProps = { start: string; problems: readonly string[] | undefined; onChange: (start: string) => void };

/** Day and month, `MM-DD`. */
function YearStart({ start, problems, onChange }: YearProps) {
  const [month = '01', day = '01'] = start.split('-');
  // 29 February is offered too: the server says what is wrong with it.
  const last = new Date(Date.UTC(2000, Number(month), 0)).getUTCDate();
  const two = (part: number) => String(part).padStart(2, '0');
  return (
    <Field label={text.organization.financialYear} problems={problems}>
      {({ id, ...wiring }) => (
        <div className={styles.together} role="group" aria-label={text.organization.financialYear}>
          <select {...wiring} id={id} aria-label={text.organization.day} value={day} onChange={(event) => { onChange(`${month}-${event.target.value}`); }}>
            {Array.from({ length: last }, (_, index) => <option key={index} value={two(index + 1)}>{index + 1}</option>)}
          </select>
          <select
            {...wiring}
            aria-label={text.organization.month}
            value={month}
            onChange={({ target }) => {
              const lastOf = new Date(Date.UTC(2000, Number(target.value), 0)).getUTCDate();
              onChange(`${target.value}-${two(Math.min(Number(day), lastOf))}`);
            }}
          >
            {Array.from({ length: 12 }, (_, index) => <option key={index} value={two(index + 1)}>{formatMonthName(index + 1)}</option>)}
          </select>
        </div>
      )}
    </Field>
  );
}
