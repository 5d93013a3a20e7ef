import { useQuery } from 'urql';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const Asked = graphql(`
  query Imports { imports(first: 20) { nodes { id filename state } } }
`);

export function ImportsPage() {
  const [{ data, error }, ask] = useQuery({ query: Asked });
  return (
    <Page title={text.imports.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><ul>{data?.imports?.nodes.map(({ id, filename }) => <li key={id}>{filename}</li>)}</ul></Card>
    </Page>
  );
}
