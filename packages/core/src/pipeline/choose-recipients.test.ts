import { expect, it } from "vitest";
import { chooseRecipients } from "./choose-recipients.ts";

const directory = { admins: ["admin"] };

it("alerts the holders of the rule's roles", () => {
  const rule = { recipients: ["ada", "ben"], escalation: ["eve"] };
  expect(chooseRecipients(rule, directory)).toEqual({ recipients: ["ada", "ben"], isOrphan: false });
});

it("alerts those whom the rule escalates to where nobody holds its roles, and else the admins", () => {
  expect(chooseRecipients({ recipients: [], escalation: ["eve"] }, directory)).toEqual({
    recipients: ["eve"],
    isOrphan: true,
  });
  expect(chooseRecipients({ recipients: [], escalation: [] }, directory)).toEqual({
    recipients: ["admin"],
    isOrphan: true,
  });
});
