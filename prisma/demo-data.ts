import type { CreateRuleInput } from "@tocsin/contracts/api/rules";

/** A role of the demo beside those that every installation has: shows that alerts go by role. */
export const demoRole = {
  name: "PaymentsOnCall",
  description: "Looks after very large transfers",
  permissions: ["notifications:read", "notifications:acknowledge"],
};

export interface DemoAccount {
  email: string;
  password: string;
  roles: readonly string[];
}

/**
 * People to try the system with. The passwords are no secret: they exist only in a private database, or where somebody
 * asked for them in an empty one of their own.
 */
export const demoAccounts: readonly DemoAccount[] = [
  { email: "admin@tocsin.local", password: "demo-admin-2026", roles: ["Admin"] },
  { email: "rules@tocsin.local", password: "demo-rules-2026", roles: ["RuleManager"] },
  { email: "operator1@tocsin.local", password: "demo-operator-1", roles: ["Operator"] },
  { email: "operator2@tocsin.local", password: "demo-operator-2", roles: ["Operator", "PaymentsOnCall"] },
];

/** Whom the demo rules are by. */
export const demoAuthor = "rules@tocsin.local";

/** The demo counts its alerts: none of them may be folded into another or held back as a storm. */
const everyEventAlerts = { dedupWindowSeconds: 0, stormLimit: 100_000 };

type DemoRule = Pick<
  CreateRuleInput,
  "name" | "description" | "condition" | "targetRoles" | "sound" | "priority"
> & { title: string; message: string; dedupWindowSeconds: number; stormLimit: number };

export const demoRules: readonly DemoRule[] = [
  {
    name: "Large transfer failed",
    description: "More than 10,000 did not reach its destination.",
    condition: 'event.type == "transfer.failed" && event.amount > 10000',
    targetRoles: ["Operator"],
    title: "Transfer of {{ event.amount }} {{ event.payload.currency }} failed",
    message: '{{ event.payload.reason | default: "No reason was given." }}',
    sound: "alarm.mp3",
    priority: 1,
    ...everyEventAlerts,
  },
  {
    name: "Very large transfer failed",
    description: "Above 100,000 the people who look after payments are called as well.",
    condition: 'event.type == "transfer.failed" && event.amount > 100000',
    targetRoles: ["PaymentsOnCall"],
    title: "Call the bank: {{ event.amount }} {{ event.payload.currency }} failed",
    message: '{{ event.payload.reason | default: "No reason was given." }}',
    sound: "siren.mp3",
    priority: 1,
    ...everyEventAlerts,
  },
  {
    name: "Issue opened",
    description: "Someone opened an issue in one of the repositories.",
    condition: 'event.type == "github.issues" && event.payload.action == "opened"',
    targetRoles: ["Operator"],
    title: "Issue: {{ event.payload.issue.title }}",
    message: "#{{ event.payload.issue.number }} in {{ event.payload.repository.full_name }}",
    sound: null,
    priority: 3,
    ...everyEventAlerts,
  },
  {
    name: "Security alert",
    description: "GitHub found a vulnerable dependency, or code that may be attacked.",
    condition:
      'event.type == "github.dependabot_alert" || event.type == "github.code_scanning_alert"' +
      ' || event.type == "github.repository_vulnerability_alert"',
    targetRoles: ["Operator"],
    title: "Security alert in {{ event.payload.repository.full_name }}",
    message: '{{ event.payload.action }}: {{ event.payload.alert.html_url | default: "see the repository" }}',
    sound: "chime.mp3",
    priority: 2,
    ...everyEventAlerts,
  },
  {
    name: "Bucket below its threshold",
    description: "A balance for transfers runs low.",
    condition: 'event.source == "tocsin" && event.type == "bucket.below_threshold"',
    targetRoles: ["Operator"],
    title:
      "{{ event.payload.name }} at {{ event.payload.currentBalanceDecimal }} {{ event.payload.currency }}",
    message: "The threshold is {{ event.payload.thresholdDecimal }}.",
    sound: "chime.mp3",
    priority: 2,
    ...everyEventAlerts,
  },
];
