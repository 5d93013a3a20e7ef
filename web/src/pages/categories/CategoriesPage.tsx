import { useQuery } from 'urql';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const Asked = graphql(`
  query Categories { categories(first: 50) { totalCount nodes { id name recordCount } } }
`);

export function CategoriesPage() {
  const [{ data, error }, ask] = useQuery({ query: Asked });
  return (
    <Page title={text.categories.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><ul>{data?.categories?.nodes.map(({ id, name }) => <li key={id}>{name}</li>)}</ul></Card>
    </Page>
  );
}
