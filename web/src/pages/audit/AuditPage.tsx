import { useSearch } from '@tanstack/react-router';
import { text } from '../../text/index.js';
import { Page } from '../../ui/index.js';
import { AuditFilters } from './AuditFilters.js';
import { EventList } from './EventList.js';

export function AuditPage() {
  const search = useSearch({ from: '/shell/admins/audit' });
  return (
    <Page title={text.audit.title}>
      <AuditFilters />
      <EventList key={JSON.stringify(search)} search={search} />
    </Page>
  );
}
