import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useQuery } from 'urql';
import { text } from '../../text/index.js';
import { buttonClass, EmptyState, ErrorNotice, Page, Spinner } from '../../ui/index.js';
import { OneImport } from './documents.js';
import { NEW, useFile } from './files.js';
import { NewImport } from './NewImport.js';
import { ReadyImport } from './ReadyImport.js';
import { Result } from './Result.js';
import { Upload } from './Upload.js';

export function ImportPage() {
  const { id } = useParams({ from: '/shell/analysts/import/$id' });
  return id === NEW ? <NewOrNone /> : <ImportOf key={id} id={id} />;
}

function NewOrNone() {
  const navigate = useNavigate();
  const chosen = useFile(NEW);
  // After a reload, the file has to be chosen again.
  useEffect(() => {
    if (!chosen) void navigate({ to: '/import', replace: true });
  }, [chosen, navigate]);
  return chosen && <NewImport chosen={chosen} />;
}

function ImportOf({ id }: { id: string }) {
  const [{ data, error, fetching }, ask] = useQuery({ query: OneImport, variables: { id } });
  const found = data?.import;
  if (!found) {
    return (
      <Page title={fetching || error ? text.imports.title : text.imports.notFound}>
        {fetching ? <Spinner /> : <ErrorNotice error={error} onRetry={ask} />}
        {!fetching && !error && (
          <EmptyState title={text.imports.notFoundHint}>
            <Link to="/import" className={buttonClass()}>{text.imports.toList}</Link>
          </EmptyState>
        )}
      </Page>
    );
  }
  return (
    <Page title={text.imports.one(found.filename)} actions={<Link to="/import" className={buttonClass()}>{text.imports.toList}</Link>}>
      {found.state === 'AWAITING_FILE' ? <Upload found={found} />
        : found.state === 'READY' ? <ReadyImport found={found} />
        : <Result found={found} />}
    </Page>
  );
}
