/** Who holds which role. Never changes: a new one takes its place as a whole. */
export interface Directory {
  /** The active users who hold at least one of the roles, each once, sorted. */
  holdersOf(roleIds: readonly string[]): readonly string[];
  /** The active users who may do everything: they are alerted where nobody else would be. */
  admins: readonly string[];
  /** The roles of theirs that allow everything. */
  adminRoleIds: readonly string[];
}

/** An active user's role. */
export interface RoleHolder {
  userId: string;
  roleId: string;
  isAdmin: boolean;
}

/** The directory of these holders. */
export function buildDirectory(holders: readonly RoleHolder[]): Directory {
  const usersByRole = Map.groupBy(holders, ({ roleId }) => roleId);
  const sortedIds = (some: readonly RoleHolder[]) =>
    [...new Set(some.map(({ userId }) => userId))].toSorted();
  return {
    holdersOf: (roleIds) => sortedIds(roleIds.flatMap((roleId) => usersByRole.get(roleId) ?? [])),
    admins: sortedIds(holders.filter(({ isAdmin }) => isAdmin)),
    adminRoleIds: [
      ...new Set(holders.flatMap(({ roleId, isAdmin }) => (isAdmin ? [roleId] : []))),
    ].toSorted(),
  };
}
