import type { User } from "@tocsin/contracts/api/users";

/** What an admin does to a user's state. */
export type StatusChange = "approve" | "reject" | "disable" | "enable";

/** Every way that a user's state may change; anything else is refused. */
export const statusChanges = {
  approve: { from: ["pending", "unverified"], to: "active" },
  reject: { from: ["pending", "unverified"], to: "rejected" },
  disable: { from: ["active"], to: "disabled" },
  enable: { from: ["disabled"], to: "active" },
} as const satisfies Record<StatusChange, { from: readonly User["status"][]; to: User["status"] }>;
