import { useQuery } from 'urql';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const Asked = graphql(`
  query Settings { me { id name email } }
`);

export function SettingsPage() {
  const [{ data, error }, ask] = useQuery({ query: Asked });
  return (
    <Page title={text.settings.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><p>{data?.me && data.me.name}</p></Card>
    </Page>
  );
}
