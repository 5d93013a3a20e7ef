import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { otherProblems } from '../../graphql/errors.js';
import { text } from '../../text/index.js';
import { Button, Card, ErrorNotice, SelectField, ui } from '../../ui/index.js';
import { CategoriesStep } from './CategoriesStep.js';
import { CheckStep } from './CheckStep.js';
import { type FileImport, FirstRows, type Format, SavedFormats } from './documents.js';
import { FilePicker } from './FilePicker.js';
import { type ChosenFile, keepFile, useFile } from './files.js';
import { CategoryList, FormatFields } from './FormatFields.js';
import styles from './import.module.css';
import { formatProblems } from './refused.js';
import { FileRows, VerdictRows } from './RowTables.js';
import { SaveDialog } from './SavedFormatsCard.js';
import { Steps } from './Steps.js';
import { columnNames, type Table, type TableRow, tableOf } from './table.js';
import { useDraft } from './useDraft.js';

const { format: words } = text.imports;
/** As much as the server says of a column's name. */
const NAME_LENGTH = 100;

/** An import whose file is here, and of which nothing is entered yet. */
export function ReadyImport({ found }: { found: FileImport }) {
  const { id } = found;
  const { step = 'format' } = useSearch({ from: '/shell/analysts/import/$id' });
  const navigate = useNavigate();
  const chosen = useFile(id);
  const edited = useDraft(id, found.format);
  const goTo = async (next: 'format' | 'categories' | 'check') => {
    if (!await edited.save()) return;
    await navigate({ to: '/import/$id', params: { id }, search: next === 'format' ? {} : { step: next } });
  };

  return (
    <>
      <Steps
        current={step}
        link={(other, name) => other !== 'file' && (
          <button type="button" className={styles.stepLink} onClick={() => void goTo(other)}>{name}</button>
        )}
      />
      <CategoryList />
      {step === 'format' && <FormatStep found={found} chosen={chosen} edited={edited} onNext={() => void goTo('categories')} />}
      {step === 'categories' && (
        <CategoriesStep
          id={id}
          chosen={chosen}
          draft={edited.draft}
          problems={edited.fieldProblems}
          onChange={edited.change}
          onBack={() => void goTo('format')}
          onNext={() => void goTo('check')}
        />
      )}
      {step === 'check' && <CheckStep found={found} onBack={() => void goTo('categories')} />}
    </>
  );
}

type StepProps = { found: FileImport; chosen: ChosenFile | null; edited: ReturnType<typeof useDraft>; onNext: () => void };

function FormatStep({ found: { id, filename, source, columns }, chosen, edited: { draft, change, isSaving, fieldProblems }, onNext }: StepProps) {
  const [isNaming, setNaming] = useState(false);
  const [{ data, error }, ask] = useQuery({ query: FirstRows, variables: { id } });
  const rows = data?.import?.preview ?? [];
  const fromFile = useMemo(() => chosen && tableOf(chosen.bytes, draft, 500), [chosen, draft]);
  const table: Table = fromFile ?? known(columns, rows);
  const problems = formatProblems(fieldProblems);

  return (
    <div className={styles.beside}>
      <Card title={words.title}>
        {otherProblems(problems, Object.keys(text.imports.fields)).map((message) => (
          <p key={message} className={ui.problem} role="alert">{message}</p>
        ))}
        <UseSaved onChange={change} />
        <FormatFields format={draft} onChange={change} table={table} problems={problems} questions={chosen?.questions ?? []} />
        <div className={ui.actions}>
          <Button look="primary" onClick={onNext}>{text.imports.next}</Button>
          <Button onClick={() => { setNaming(true); }}>{text.imports.formats.save}</Button>
        </div>
        {isNaming && <SaveDialog format={draft} proposed={source === 'default' ? '' : source} onClose={() => { setNaming(false); }} />}
      </Card>
      <div className={styles.stack}>
        <Card title={words.becomes} actions={<span role="status" className={styles.quiet}>{isSaving && words.saving}</span>}>
          <ErrorNotice error={error} onRetry={ask} />
          {problems.size > 0 && <p className={styles.quiet}>{words.outdated}</p>}
          <VerdictRows label={words.becomes} rows={rows} isOld={isSaving || problems.size > 0} />
        </Card>
        <Card title={words.firstRows}>
          {!chosen && (
            <FilePicker label={text.imports.drop.chooseAgain} most={null} onChoose={(again) => { keepFile(id, again); }}>
              <p>{columns ? words.firstRowsOnly : words.numbersOnly}</p>
              <p className={styles.quiet}>{filename}</p>
            </FilePicker>
          )}
          <FileRows label={words.firstRows} format={draft} columns={table.columns} rows={table.rows.slice(0, 10)} />
        </Card>
      </div>
    </div>
  );
}

function UseSaved({ onChange }: { onChange: (format: Format) => void }) {
  const [{ data }] = useQuery({ query: SavedFormats });
  const formats = data?.importFormats ?? [];
  if (formats.length === 0) return null;
  return (
    <SelectField
      label={words.use}
      value=""
      onChange={({ target }) => {
        const saved = formats.find(({ name }) => name === target.value);
        if (saved) onChange(saved.format);
      }}
    >
      <option value="" disabled>{words.choose}</option>
      {formats.map(({ name }) => <option key={name} value={name}>{name}</option>)}
    </SelectField>
  );
}

/** Without the file, what the server knows of it. */
function known(header: readonly string[] | null, rows: readonly TableRow[]): Table {
  const width = Math.max(header?.length ?? 0, ...rows.map(({ cells }) => cells.length));
  // A name that may be cut off is none that a format could use.
  const names = header?.map((name) => (Array.from(name).length < NAME_LENGTH ? name : '')) ?? [];
  return { columns: columnNames(names, width), rows: [...rows] };
}
