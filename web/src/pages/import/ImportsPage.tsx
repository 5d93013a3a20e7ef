import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useQuery } from 'urql';
import { formatAgo, formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button, Card, EmptyState, ErrorNotice, Page, Skeleton, ui } from '../../ui/index.js';
import { BeforeImport, type Import, Imports } from './documents.js';
import { FilePicker } from './FilePicker.js';
import { keepFile, NEW } from './files.js';
import styles from './import.module.css';
import { SavedFormatsCard } from './SavedFormatsCard.js';
import { StateMark } from './StateMark.js';

const { list: words } = text.imports;

export function ImportsPage() {
  const navigate = useNavigate();
  const [{ data }] = useQuery({ query: BeforeImport });
  const most = data?.organization?.limits.maxImportBytes;
  return (
    <Page title={text.imports.title}>
      <FilePicker
        most={most === undefined ? null : Number(most)}
        onChoose={(chosen) => {
          keepFile(NEW, chosen);
          void navigate({ to: '/import/$id', params: { id: NEW } });
        }}
      >
        <h2>{text.imports.drop.title}</h2>
        <p>{text.imports.drop.hint}</p>
      </FilePicker>
      <ImportList />
      <SavedFormatsCard />
    </Page>
  );
}

function ImportList() {
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching }, ask] = useQuery({ query: Imports, variables: { after } });
  const imports = data?.imports;
  return (
    <Card title={words.title}>
      <ErrorNotice error={error} onRetry={ask} />
      {!imports && !error && <Skeleton height="8em" />}
      {imports?.nodes.length === 0 && <EmptyState title={words.none} />}
      {imports && imports.nodes.length > 0 && (
        <div className={ui.scroll}>
          <table className={ui.table}>
            <thead>
              <tr>
                <th scope="col">{words.file}</th>
                <th scope="col">{words.source}</th>
                <th scope="col">{words.state}</th>
                <th scope="col" className={ui.number}>{words.rows}</th>
                <th scope="col" className={ui.number}>{words.records}</th>
                <th scope="col">{words.by}</th>
              </tr>
            </thead>
            <tbody>{imports.nodes.map((each) => <ImportLine key={each.id} each={each} />)}</tbody>
          </table>
        </div>
      )}
      {imports?.pageInfo.hasNextPage && (
        <div className={ui.actions}>
          <Button disabled={fetching} onClick={() => { setAfter(imports.pageInfo.endCursor); }}>{words.more}</Button>
        </div>
      )}
    </Card>
  );
}

function ImportLine({ each: { id, filename, source, state, counts, enteredCount, revertedCount, createdBy, createdAt } }: { each: Import }) {
  return (
    <tr>
      <td className={styles.cell}><Link to="/import/$id" params={{ id }} className={styles.name}>{filename}</Link></td>
      <td className={styles.cell}>{source}</td>
      <td><StateMark state={state} /></td>
      <td className={ui.number}>{counts && formatCount(counts.rows)}</td>
      <td className={ui.number}>{enteredCount > 0 && formatCount(enteredCount - revertedCount)}</td>
      <td className={styles.quiet}>{`${createdBy.name}, ${formatAgo(createdAt)}`}</td>
    </tr>
  );
}
