import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useClient, useQuery } from 'urql';
import { text } from '../../text/index.js';
import { Button, Card, ErrorNotice, ui } from '../../ui/index.js';
import { formatBytes } from './bytes.js';
import { Arrived, BeforeImport, type Format, type Import } from './documents.js';
import { FilePicker } from './FilePicker.js';
import { type ChosenFile, keepFile, useFile } from './files.js';
import { CategoryList, FormatFields } from './FormatFields.js';
import styles from './import.module.css';
import { formatProblems } from './refused.js';
import { FileRows } from './RowTables.js';
import { Steps } from './Steps.js';
import { tableOf } from './table.js';
import { useDraft } from './useDraft.js';
import { useUpload } from './useUpload.js';

const { upload: words } = text.imports;

type Props = { found: Import & { uploadPath: string; format: Format } };

/** Until the file has arrived. */
export function Upload({ found }: Props) {
  const chosen = useFile(found.id);
  const [{ data }] = useQuery({ query: BeforeImport });
  const most = data?.organization?.limits.maxImportBytes;
  return (
    <>
      <Steps current="file" />
      {chosen ? <Sending found={found} chosen={chosen} /> : (
        <FilePicker
          label={text.imports.drop.chooseAgain}
          most={most === undefined ? null : Number(most)}
          onChoose={(again) => { keepFile(found.id, again); }}
        >
          <h2>{words.missing}</h2>
          <p>{words.missingHint}</p>
        </FilePicker>
      )}
    </>
  );
}

function Sending({ found: { id, uploadPath, format }, chosen: { file, bytes, questions } }: Props & { chosen: ChosenFile }) {
  const client = useClient();
  const { sent, problems, send, cancel } = useUpload();
  const { draft, change, save, isSaving, fieldProblems } = useDraft(id, format);
  const table = useMemo(() => tableOf(bytes, draft, 200), [bytes, draft]);

  const sendFile = useCallback(async () => {
    if (!await save()) return;
    await send(uploadPath, file);
    // Also after a failure: the file may have arrived, and only the answer got lost. The page's own query would replace the
    // form with an error where the server is away.
    await client.query(Arrived, { id }, { requestPolicy: 'network-only' }).toPromise();
  }, [client, file, id, save, send, uploadPath]);

  const begun = useRef<File | null>(null);
  useEffect(() => {
    if (begun.current === file) return;
    begun.current = file;
    void sendFile();
  }, [file, sendFile]);

  if (sent !== null) {
    return (
      <Card title={words.title}>
        <div className={styles.progress}>
          <progress aria-label={words.title} max={file.size} value={sent} />
          <p role="status">{sent < file.size ? words.progress(formatBytes(sent), formatBytes(file.size)) : words.reading}</p>
          <Button onClick={cancel}>{words.stop}</Button>
        </div>
      </Card>
    );
  }
  return (
    <>
      <ErrorNotice problems={problems} onRetry={() => void sendFile()} />
      <div className={styles.beside}>
        <Card title={text.imports.format.title}>
          <p className={styles.quiet}>{problems.some(({ code }) => code !== null) ? words.wrong : words.missing}</p>
          <div className={ui.actions}>
            <Button look="primary" disabled={isSaving} onClick={() => void sendFile()}>{words.again}</Button>
          </div>
          <FormatFields format={draft} onChange={change} table={table} problems={formatProblems(fieldProblems)} questions={questions} />
          <CategoryList />
        </Card>
        <Card title={text.imports.format.firstRows}>
          <FileRows label={text.imports.format.firstRows} format={draft} columns={table.columns} rows={table.rows.slice(0, 12)} />
        </Card>
      </div>
    </>
  );
}
