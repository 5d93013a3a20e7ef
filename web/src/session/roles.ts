import type { User } from './session.js';

export type Role = NonNullable<User['role']>;

const rank: Record<Role, number> = { VIEWER: 0, ANALYST: 1, ADMIN: 2 };

/** Whether this role may do what takes at least the other. */
export function isAtLeast(role: Role | null, least: Role): boolean {
  return role !== null && rank[role] >= rank[least];
}

/** Every role that this one may give: those up to itself. */
export function rolesUpTo(role: Role | null): Role[] {
  return (['VIEWER', 'ANALYST', 'ADMIN'] as const).filter((each) => isAtLeast(role, each));
}
