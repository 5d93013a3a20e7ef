import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { otherProblems, problemsOf } from '../../graphql/errors.js';
import { useChange } from '../../graphql/useChange.js';
import { text } from '../../text/index.js';
import { Button, Card, ErrorNotice, Page, SelectField, TextField, ui } from '../../ui/index.js';
import { formatBytes } from './bytes.js';
import { BeforeImport, CreateImport, type Format, type Question, SavedFormats, Suggestion } from './documents.js';
import { FilePicker } from './FilePicker.js';
import { type ChosenFile, dropFile, keepFile, NEW, sampleOf } from './files.js';
import { inputOf } from './format.js';
import { CategoryList, FormatFieldView } from './FormatFields.js';
import { formatProblems, refusedFields } from './refused.js';
import styles from './import.module.css';
import { FileRows } from './RowTables.js';
import { Steps } from './Steps.js';
import { tableOf } from './table.js';

const { file: words } = text.imports;

/** The first step: whose rows these are, and how they are probably read. Nothing is sent but the beginning of the file. */
export function NewImport({ chosen }: { chosen: ChosenFile }) {
  const sample = useMemo(() => sampleOf(chosen.bytes), [chosen]);
  const [{ data, error, fetching }, ask] = useQuery({ query: Suggestion, variables: { sample }, requestPolicy: 'network-only' });
  const [{ data: saved }] = useQuery({ query: SavedFormats });
  const suggestion = data?.suggestImportFormat;
  const formats = saved?.importFormats ?? [];

  return (
    <Page title={text.imports.title}>
      <Steps current="file" />
      {fetching && !suggestion && <Card title={words.title}><p role="status">{words.asking}</p></Card>}
      {error && !suggestion && <NotSuggested chosen={chosen} error={error} onRetry={ask} />}
      {suggestion && (
        <FirstStep
          key={`${chosen.file.name} ${chosen.file.lastModified}`}
          chosen={chosen}
          suggested={suggestion.format}
          questions={suggestion.questions}
          savedFormats={formats}
        />
      )}
    </Page>
  );
}

function NotSuggested({ chosen: { file }, error, onRetry }: { chosen: ChosenFile; error: Parameters<typeof problemsOf>[0]; onRetry: () => void }) {
  const isAway = error?.networkError !== undefined;
  return (
    <>
      <ErrorNotice error={error} {...(isAway && { onRetry })} />
      {!isAway && (
        <Card title={words.about(file.name, formatBytes(file.size))}>
          <FilePicker label={text.imports.drop.another} most={null} onChoose={(chosen) => { keepFile(NEW, chosen); }}>
            <p>{words.notSuggested}</p>
          </FilePicker>
        </Card>
      )}
    </>
  );
}

type Props = {
  chosen: ChosenFile;
  suggested: Format;
  questions: readonly Question[];
  savedFormats: readonly { name: string; format: Format }[];
};

function FirstStep({ chosen, suggested, questions, savedFormats }: Props) {
  const { file, bytes } = chosen;
  const navigate = useNavigate();
  const [{ data: before }] = useQuery({ query: BeforeImport });
  const { run, isBusy, fieldProblems } = useChange(CreateImport);
  const [source, setSource] = useState('');
  const [savedName, setSavedName] = useState('');
  const [format, setFormat] = useState(suggested);
  const table = useMemo(() => tableOf(bytes, format, 200), [bytes, format]);
  const sources = [...new Set(before?.imports?.nodes.map((each) => each.source))];
  const refused = refusedFields(fieldProblems);

  const start = async () => {
    const from = source.trim() || savedName;
    const { data } = await run({
      filename: nameOf(file, before?.organization?.limits.maxImportNameLength ?? 200),
      format: inputOf(format),
      ...(from !== '' && { source: from }),
    });
    const made = data?.createImport?.import;
    if (!made) return;
    keepFile(made.id, { ...chosen, questions: savedName === '' ? questions : [] });
    await navigate({ to: '/import/$id', params: { id: made.id }, replace: true });
    dropFile(NEW);
  };

  return (
    <div className={styles.beside}>
      <Card title={words.title}>
        <form
          className={ui.form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void start();
          }}
        >
          <p className={styles.file}>{words.about(file.name, formatBytes(file.size))}</p>
          {otherProblems(fieldProblems, ['source', ...refused.map((field) => `format.${field}`)]).map((message) => (
            <p key={message} className={ui.problem} role="alert">{message}</p>
          ))}
          <TextField
            label={words.source}
            hint={words.sourceHint}
            list="import-sources"
            autoComplete="off"
            placeholder={savedName}
            value={source}
            problems={fieldProblems.get('source')}
            onChange={({ target }) => { setSource(target.value); }}
          />
          <datalist id="import-sources">{sources.map((name) => <option key={name} value={name} />)}</datalist>
          {savedFormats.length > 0 && (
            <SelectField
              label={words.readAs}
              value={savedName}
              onChange={({ target }) => {
                setSavedName(target.value);
                setFormat(savedFormats.find(({ name }) => name === target.value)?.format ?? suggested);
              }}
            >
              <option value="">{words.suggested}</option>
              {savedFormats.map(({ name }) => <option key={name} value={name}>{words.saved(name)}</option>)}
            </SelectField>
          )}
          {refused.length > 0 && (
            <fieldset className={styles.group}>
              <legend>{words.refused}</legend>
              {refused.map((field) => (
                <FormatFieldView
                  key={field}
                  field={field}
                  format={format}
                  onChange={setFormat}
                  table={table}
                  problems={formatProblems(fieldProblems)}
                  questions={[]}
                />
              ))}
              <CategoryList />
            </fieldset>
          )}
          <div className={ui.actions}>
            <Button type="submit" look="primary" disabled={isBusy}>{words.start}</Button>
            <Button onClick={() => void navigate({ to: '/import' }).then(() => { dropFile(NEW); })}>{words.cancel}</Button>
          </div>
        </form>
      </Card>
      <Card title={words.firstRows}>
        <FileRows label={words.firstRows} format={format} columns={table.columns} rows={table.rows.slice(0, 12)} />
      </Card>
    </div>
  );
}

/** On one line, and as long as names may be. */
function nameOf(file: File, most: number): string {
  return Array.from(file.name.replace(/\p{Cc}+/gu, ' ').trim()).slice(0, most).join('');
}
