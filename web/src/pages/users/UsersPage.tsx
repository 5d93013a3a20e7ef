import { useNavigate, useSearch } from '@tanstack/react-router';
import { text } from '../../text/index.js';
import { Button, Page } from '../../ui/index.js';
import { EditUser } from './EditUser.js';
import { NewUser } from './NewUser.js';
import { UserFilters } from './UserFilters.js';
import { UserList } from './UserList.js';

export function UsersPage() {
  const { user } = useSearch({ from: '/shell/admins/users' });
  const navigate = useNavigate({ from: '/users' });
  const show = (shown: string | undefined) => {
    void navigate({ search: (before) => ({ ...before, user: shown }) });
  };
  return (
    <Page title={text.users.title} actions={<Button look="primary" onClick={() => { show('new'); }}>{text.users.add}</Button>}>
      <UserFilters />
      <UserList />
      {user === 'new' && <NewUser onClose={() => { show(undefined); }} />}
      {user && user !== 'new' && <EditUser key={user} id={user} onClose={() => { show(undefined); }} />}
    </Page>
  );
}
