import { useQuery } from 'urql';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const Asked = graphql(`
  query Users { users(first: 50) { totalCount nodes { id name } } }
`);

export function UsersPage() {
  const [{ data, error }, ask] = useQuery({ query: Asked });
  return (
    <Page title={text.users.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><ul>{data?.users?.nodes.map(({ id, name }) => <li key={id}>{name}</li>)}</ul></Card>
    </Page>
  );
}
