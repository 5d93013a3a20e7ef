import { useQuery } from 'urql';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const Asked = graphql(`
  query OrganizationSettings { organization { id name } }
`);

export function OrganizationPage() {
  const [{ data, error }, ask] = useQuery({ query: Asked });
  return (
    <Page title={text.organization.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><p>{data?.organization && data.organization.name}</p></Card>
    </Page>
  );
}
