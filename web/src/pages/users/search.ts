import { one } from '../../app/search.js';
import type { Role } from '../../session/roles.js';

export type UsersSearch = {
  search?: string | undefined;
  role?: Role | undefined;
  active?: 'yes' | 'no' | undefined;
  /** Whose panel is open; `new` for that of a new user. */
  user?: string | undefined;
};

/** The filters of the list, and what stands beside it. What nobody can have meant is dropped. */
export function usersSearch(search: Record<string, unknown>): UsersSearch {
  const role = one(search['role']);
  const active = one(search['active']);
  return {
    search: one(search['search']) || undefined,
    role: role === 'VIEWER' || role === 'ANALYST' || role === 'ADMIN' ? role : undefined,
    active: active === 'yes' || active === 'no' ? active : undefined,
    user: one(search['user']) || undefined,
  };
}
