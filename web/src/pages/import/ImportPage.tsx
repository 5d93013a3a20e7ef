import { useParams } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const OneImport = graphql(`
  query OneImport($id: ID!) {
    import(id: $id) {
      id
      filename
      state
    }
  }
`);

export function ImportPage() {
  const { id } = useParams({ from: '/shell/analysts/import/$id' });
  const [{ data, error }, ask] = useQuery({ query: OneImport, variables: { id } });
  return (
    <Page title={data?.import?.filename ?? text.imports.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><p>{data?.import?.state}</p></Card>
    </Page>
  );
}
