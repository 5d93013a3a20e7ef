import { useQuery } from 'urql';
import { formatCount } from '../../format/index.js';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const Asked = graphql(`
  query Dashboard { dashboard { currency summary { recordCount } } }
`);

export function DashboardPage() {
  const [{ data, error }, ask] = useQuery({ query: Asked });
  return (
    <Page title={text.dashboard.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><p>{data?.dashboard && text.common.records(data.dashboard.summary.recordCount, formatCount(data.dashboard.summary.recordCount))}</p></Card>
    </Page>
  );
}
