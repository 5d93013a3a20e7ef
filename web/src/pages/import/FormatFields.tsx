import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import type { FieldProblems } from '../../graphql/errors.js';
import { useCurrencies, useOrganization } from '../../session/organization.js';
import { text } from '../../text/index.js';
import { classes, SelectField, TextField } from '../../ui/index.js';
import { CategoryNames, type Format, type Question } from './documents.js';
import { amountFields, fieldsOfQuestion, type FormatField } from './format.js';
import styles from './import.module.css';
import { ManyField } from './ManyField.js';
import { columnAt, type Table, valuesOf } from './table.js';

const { choices, fields: labels, format: words } = text.imports;

type Props = {
  format: Format;
  onChange: (format: Format) => void;
  table: Table;
  /** By the name of the format's field. */
  problems: FieldProblems;
  questions: readonly Question[];
};

/** All of a format: what the file does not say first, then the rest in groups. */
export function FormatFields(props: Props) {
  const { format, problems, questions } = props;
  const asked = questions.filter(({ field }) => fieldsOfQuestion(field).length > 0);
  const askedFields = new Set(asked.flatMap(({ field }) => fieldsOfQuestion(field)));
  const rest = (fields: FormatField[]) => fields.filter((field) => !askedFields.has(field));
  const hasProblem = (fields: FormatField[]) => fields.some((field) => problems.has(field));

  const moreOfWriting: FormatField[] = ['headerText', 'quotes', 'shortRows', 'leaveOut', 'guardedTexts'];
  const moreOfAmounts: FormatField[] = format.kind === 'TWO_COLUMNS' ? ['currencyInHeader'] : ['subtractedColumns', 'currencyInHeader'];
  const pending: FormatField[] = format.pendingColumn ? ['pendingColumn', 'pendingValues'] : ['pendingColumn'];

  return (
    <div className={styles.groups}>
      {asked.length > 0 && (
        <fieldset className={classes(styles.group, styles.questions)}>
          <legend>{words.questions}</legend>
          <Asked {...props} asked={asked} />
        </fieldset>
      )}
      <Group title={words.dates} fields={rest(format.dateColumn ? ['dateColumn', 'dateForm'] : ['dateColumn', 'date'])} {...props} />
      <Group title={words.amounts} fields={rest([...amountFields(format), 'currencyColumn', 'currency'])} {...props}>
        <More title={words.moreAmounts} fields={rest(moreOfAmounts)} isOpen={hasProblem(moreOfAmounts)} {...props} />
      </Group>
      <Group
        title={words.texts}
        fields={rest(['categoryColumns', 'category', 'counterpartyColumns', 'notesColumns'])}
        {...props}
      />
      <Group title={words.file} fields={rest(['encoding', 'separator', 'headerLine'])} {...props}>
        <More title={words.more} fields={rest(moreOfWriting)} isOpen={hasProblem(moreOfWriting)} {...props} />
        <More title={words.pending} fields={rest(pending)} isOpen={hasProblem(pending)} {...props} />
      </Group>
    </div>
  );
}

/** What a person has to say, each with the reason and the fields by which it is said. */
export function Asked({ asked, ...props }: Props & { asked: readonly Question[] }) {
  const shown = new Set<FormatField>();
  return asked.map((question) => {
    const fields = fieldsOfQuestion(question.field).filter((field) => !shown.has(field) && isOffered(field, props.format));
    for (const field of fields) shown.add(field);
    if (fields.length === 0) return null;
    return (
      <div key={question.field} className={styles.question}>
        <p>{question.message.replaceAll('`', '“')}</p>
        {fields.map((field) => (
          <FormatFieldView key={field} field={field} {...props} candidates={field === question.field ? question.candidates : []} />
        ))}
      </div>
    );
  });
}

function isOffered(field: FormatField, format: Format): boolean {
  return field !== 'date' || !format.dateColumn;
}

function Group({ title, fields, children, ...props }: Props & { title: string; fields: FormatField[]; children?: ReactNode }) {
  if (fields.length === 0 && !children) return null;
  return (
    <fieldset className={styles.group}>
      <legend>{title}</legend>
      {fields.map((field) => <FormatFieldView key={field} field={field} {...props} />)}
      {children}
    </fieldset>
  );
}

function More({ title, fields, isOpen, ...props }: Props & { title: string; fields: FormatField[]; isOpen: boolean }) {
  if (fields.length === 0) return null;
  return (
    <details className={styles.more} open={isOpen || undefined}>
      <summary>{title}</summary>
      <div className={styles.moreFields}>
        {fields.map((field) => <FormatFieldView key={field} field={field} {...props} />)}
      </div>
    </details>
  );
}

type FieldProps = Props & { field: FormatField; candidates?: readonly string[] };

export function FormatFieldView({ field, format, onChange, table, problems, candidates = [] }: FieldProps) {
  const change = (changed: Partial<Format>) => { onChange({ ...format, ...changed }); };
  const around = { label: labels[field], problems: problems.get(field), hint: hintOf(field) };

  switch (field) {
    case 'dateColumn':
    case 'amountColumn':
    case 'incomeColumn':
    case 'expenseColumn':
    case 'flagColumn':
    case 'currencyColumn':
    case 'pendingColumn':
      return (
        <OneColumn
          {...around}
          columns={table.columns}
          candidates={candidates}
          value={format[field] ?? ''}
          isOptional={field === 'dateColumn' || field === 'currencyColumn' || field === 'pendingColumn'}
          onChange={(value) => { change({ [field]: value === '' ? null : value }); }}
        />
      );
    case 'categoryColumns':
    case 'counterpartyColumns':
    case 'notesColumns':
    case 'subtractedColumns':
      return (
        <ManyField
          {...around}
          values={format[field]}
          options={table.columns}
          addLabel={words.addColumn(around.label)}
          onChange={(values) => { change({ [field]: values }); }}
        />
      );
    case 'incomeFlags':
    case 'expenseFlags': {
      const other = field === 'incomeFlags' ? 'expenseFlags' : 'incomeFlags';
      return (
        <ManyField
          {...around}
          values={format[field]}
          options={format.kind === 'FLAG' ? valuesOf(table, format.flagColumn) : []}
          isOpen
          addLabel={words.addValue(around.label)}
          // A value means one of the two.
          onChange={(values) => { change({ [field]: values, [other]: format[other].filter((value) => !values.includes(value)) }); }}
        />
      );
    }
    case 'pendingValues':
      return (
        <ManyField
          {...around}
          values={format.pendingValues}
          options={valuesOf(table, format.pendingColumn)}
          isOpen
          addLabel={words.addValue(around.label)}
          onChange={(pendingValues) => { change({ pendingValues }); }}
        />
      );
    case 'leaveOut':
      return (
        <ManyField
          {...around}
          values={format.leaveOut}
          options={[]}
          isOpen
          addLabel={words.addValue(around.label)}
          onChange={(leaveOut) => { change({ leaveOut }); }}
        />
      );
    case 'belowZero':
      return (
        <SelectField {...around} value={format.belowZero ?? ''} onChange={({ target }) => { change({ belowZero: keyOf(choices.belowZero, target.value) }); }}>
          <option value="">{choices.belowZeroOmitted}</option>
          {optionsOf(choices.belowZero)}
        </SelectField>
      );
    case 'dateForm':
    case 'decimalSign':
    case 'encoding':
    case 'kind':
    case 'separator':
    case 'thousandsSign':
      return (
        <SelectField {...around} value={format[field]} onChange={({ target }) => { change({ [field]: target.value }); }}>
          {optionsOf(choices[field])}
        </SelectField>
      );
    case 'currencyInHeader':
    case 'guardedTexts':
    case 'quotes':
    case 'shortRows':
      return (
        <label className={styles.check}>
          <input type="checkbox" checked={format[field]} onChange={({ target }) => { change({ [field]: target.checked }); }} />
          {around.label}
        </label>
      );
    case 'currency':
      return <CurrencyField {...around} value={format.currency ?? ''} onChange={(value) => { change({ currency: value === '' ? null : value }); }} />;
    case 'category':
      return <CategoryField {...around} value={format.category ?? ''} onChange={(value) => { change({ category: value === '' ? null : value }); }} />;
    case 'date':
      return <TextField {...around} type="date" value={format.date ?? ''} onChange={({ target }) => { change({ date: target.value === '' ? null : target.value }); }} />;
    case 'headerText':
      return (
        <TextField {...around} value={format.headerText ?? ''} onChange={({ target }) => { change({ headerText: target.value === '' ? null : target.value }); }} />
      );
    case 'headerLine':
      return (
        <TextField
          {...around}
          type="number"
          min={0}
          max={1000}
          value={String(format.headerLine)}
          onChange={({ target }) => { change({ headerLine: Number.isNaN(target.valueAsNumber) ? 0 : Math.trunc(target.valueAsNumber) }); }}
        />
      );
    case 'categories':
      return null;
  }
}

function hintOf(field: FormatField): string | undefined {
  const hints: Partial<Record<FormatField, string>> = text.imports.fieldHints;
  return hints[field];
}

type Around = { label: string; hint: string | undefined; problems: readonly string[] | undefined };

type ColumnProps = Around & {
  columns: readonly string[];
  candidates: readonly string[];
  value: string;
  isOptional: boolean;
  onChange: (value: string) => void;
};

function OneColumn({ columns, candidates, value, isOptional, onChange, ...around }: ColumnProps) {
  const others = columns.filter((column) => !candidates.includes(column));
  const isKnown = value === '' || columns.includes(value) || candidates.includes(value);
  return (
    <SelectField {...around} value={value} onChange={({ target }) => { onChange(target.value); }}>
      <option value="" disabled={!isOptional}>{isOptional ? words.noColumn : words.choose}</option>
      {!isKnown && <option value={value}>{columnAt(columns, value) >= 0 ? value : words.unknownColumn(value)}</option>}
      {candidates.length === 0 ? optionsOf(others) : (
        <>
          <optgroup label={words.likely}>{optionsOf(candidates)}</optgroup>
          {others.length > 0 && <optgroup label={words.others}>{optionsOf(others)}</optgroup>}
        </>
      )}
    </SelectField>
  );
}

type TextProps = Around & { value: string; onChange: (value: string) => void };

function CurrencyField({ value, onChange, ...around }: TextProps) {
  const currencies = useCurrencies();
  const organization = useOrganization();
  return (
    <SelectField {...around} value={value} onChange={({ target }) => { onChange(target.value); }}>
      <option value="">{words.baseCurrency(organization?.baseCurrency ?? '')}</option>
      {value !== '' && !currencies.some(({ code }) => code === value) && <option value={value}>{value}</option>}
      {currencies.map(({ code, name }) => <option key={code} value={code}>{`${code}, ${name}`}</option>)}
    </SelectField>
  );
}

function CategoryField({ value, onChange, ...around }: TextProps) {
  return (
    <TextField {...around} list={CATEGORY_LIST} autoComplete="off" value={value} onChange={({ target }) => { onChange(target.value); }} />
  );
}

export const CATEGORY_LIST = 'import-categories';

/** The categories of the books, to choose from while one types. */
export function CategoryList() {
  const [{ data }] = useQuery({ query: CategoryNames, requestPolicy: 'cache-first' });
  return <datalist id={CATEGORY_LIST}>{data?.categories?.nodes.map(({ id, name }) => <option key={id} value={name} />)}</datalist>;
}

function optionsOf(names: Readonly<Record<string, string>> | readonly string[]) {
  return (isList(names) ? names.map((name) => [name, name] as const) : Object.entries(names)).map(([value, name]) => <option key={value} value={value}>{name}</option>);
}

function isList(names: Readonly<Record<string, string>> | readonly string[]): names is readonly string[] {
  return Array.isArray(names);
}

function keyOf<Key extends string>(names: Record<Key, string>, value: string): Key | null {
  return value in names ? value as Key : null;
}
