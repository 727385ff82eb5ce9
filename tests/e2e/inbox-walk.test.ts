import { afterAll, beforeAll, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";
import { canFollowGuides, followGuide, readGuide } from "./support/guide.ts";

const guide = readGuide("how-does-the-mobile-inbox-work.md");

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system.close());

it.skipIf(!canFollowGuides)(
  "the guide to the mobile inbox does what it says, command by command",
  async () => {
    const blocks = await followGuide(guide, system);
    const [, , pages, badge, , , synced, bulk] = blocks.map(({ answers }) => answers);
    expect(pages).toMatchObject([
      { items: [{ title: "Walk 4" }, { title: "Walk 3" }], total: 4 },
      { items: [{ title: "Walk 2" }, { title: "Walk 1" }], nextCursor: null },
    ]);
    expect(badge).toEqual([{ count: 4 }]);
    expect(synced).toMatchObject([
      {
        reset: false,
        more: false,
        changes: [
          { notification: { title: "Walk 1", readAt: expect.any(String), acknowledgedAt: null } },
          { notification: { title: "Walk 2", alertAcknowledgedAt: expect.any(String) } },
          { notification: { title: "Walk 3", archivedAt: expect.any(String) } },
          { notification: null },
        ],
      },
    ]);
    expect(bulk).toMatchObject([
      { items: [], more: false },
      { items: [{ outcome: "changed" }, { outcome: "not_found", seq: null }] },
      { items: [{ outcome: "changed" }, { outcome: "changed" }], more: false },
    ]);
  },
);
