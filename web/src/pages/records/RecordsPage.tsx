import { useQuery } from 'urql';
import { formatCount } from '../../format/index.js';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const Asked = graphql(`
  query Records { records(first: 1) { totalCount } }
`);

export function RecordsPage() {
  const [{ data, error }, ask] = useQuery({ query: Asked });
  return (
    <Page title={text.records.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><p>{data?.records && text.common.records(data.records.totalCount, formatCount(data.records.totalCount))}</p></Card>
    </Page>
  );
}
