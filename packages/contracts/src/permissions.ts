import { z } from "zod";

/**
 * Every permission there is, with what it allows. Guards check permissions, never role names.
 * `*` stands for all of them, today's and tomorrow's.
 */
export const permissionCatalogue = {
  "users:read": "List users and see who waits for approval",
  "users:manage": "Approve, reject, disable and enable users and edit their roles",
  "roles:read": "List roles and their permissions",
  "roles:manage": "Create, change and delete roles",
  "rules:read": "List and read rules",
  "rules:manage": "Create, change and delete rules",
  "silences:read": "List and read silences",
  "silences:manage": "Create, change and end silences",
  "events:send": "Send events",
  "events:read": "Read events and what became of them",
  "api-keys:manage": "List, create, rotate and revoke API keys",
  "dead-letters:manage": "Redrive and discard what could not be processed",
  "notifications:read": "Read one's own notifications",
  "notifications:acknowledge": "Acknowledge one's own notifications",
  "notifications:read-all": "Read everyone's notifications",
  "sounds:read": "List sounds and hear them",
  "sounds:manage": "Upload and delete sounds",
  "buckets:read": "List and read transfer buckets and what changed their balances",
  "buckets:manage": "Create transfer buckets and change their balances and thresholds",
  "audit:read": "Query and export the audit log",
  "system:status": "See the state of the system's parts",
} as const;

export type Permission = keyof typeof permissionCatalogue;

export const allPermissions = Object.keys(permissionCatalogue) as Permission[];

/** A permission as a role holds it: a name of the catalogue, or `*` for all. */
export const grantedPermissionSchema = z
  .enum([...allPermissions, "*"])
  .describe("A permission, or * for all")
  .meta({ examples: ["rules:manage"] });

/**
 * What a machine may do with an API key: sending and reading. What belongs to a person, or is signed with a person's
 * name, is left to people.
 */
export const apiKeyScopes = [
  "events:send",
  "events:read",
  "rules:read",
  "silences:read",
  "roles:read",
  "users:read",
  "audit:read",
  "system:status",
] as const satisfies readonly Permission[];

export type GrantedPermission = z.infer<typeof grantedPermissionSchema>;

/** Whether someone who holds `granted` may do what needs `needed`. */
export function isPermitted(granted: readonly string[], needed: Permission): boolean {
  return granted.includes("*") || granted.includes(needed);
}

/** The roles that every installation starts with. */
export const systemRoles = {
  Admin: { description: "May do everything", permissions: ["*"] },
  RuleManager: {
    description: "Writes the rules and sees what they do",
    permissions: [
      "rules:read",
      "rules:manage",
      "roles:read",
      "events:read",
      "events:send",
      "dead-letters:manage",
      "silences:read",
      "silences:manage",
      "sounds:read",
      "sounds:manage",
      "buckets:read",
      "buckets:manage",
      "notifications:read",
      "notifications:acknowledge",
    ],
  },
  Operator: {
    description: "Is alerted and reacts",
    permissions: [
      "rules:read",
      "events:read",
      "silences:read",
      "silences:manage",
      "sounds:read",
      "buckets:read",
      "notifications:read",
      "notifications:acknowledge",
    ],
  },
  Auditor: {
    description: "Reads what happened and changes nothing",
    permissions: [
      "rules:read",
      "silences:read",
      "roles:read",
      "users:read",
      "events:read",
      "sounds:read",
      "buckets:read",
      "audit:read",
    ],
  },
} as const satisfies Record<string, { description: string; permissions: readonly GrantedPermission[] }>;
