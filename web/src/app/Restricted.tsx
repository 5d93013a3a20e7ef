import { Outlet } from '@tanstack/react-router';
import { isAtLeast } from '../session/roles.js';
import { useViewer } from '../session/SessionProvider.js';
import { text } from '../text/index.js';
import { EmptyState, Page } from '../ui/index.js';

export type Place = 'analysts' | 'admins';

/** Somebody with too low a role came by an address, not by a link. */
export function Restricted({ place }: { place: Place }) {
  const { role } = useViewer();
  if (isAtLeast(role, place === 'admins' ? 'ADMIN' : 'ANALYST')) return <Outlet />;
  return (
    <Page title={text.shell.notYours}>
      <EmptyState title={text.shell.notYoursHint} />
    </Page>
  );
}
