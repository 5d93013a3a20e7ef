import { useQuery } from 'urql';
import { formatMoment } from '../../format/index.js';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page } from '../../ui/index.js';

const Asked = graphql(`
  query AuditEvents { auditEvents(first: 20) { totalCount nodes { id action at } } }
`);

export function AuditPage() {
  const [{ data, error }, ask] = useQuery({ query: Asked });
  return (
    <Page title={text.audit.title}>
      <ErrorNotice error={error} onRetry={ask} />
      <Card><ul>{data?.auditEvents?.nodes.map(({ id, at }) => <li key={id}>{formatMoment(at)}</li>)}</ul></Card>
    </Page>
  );
}
