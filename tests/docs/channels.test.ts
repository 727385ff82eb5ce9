import { channelNames, pushPlatforms } from "@tocsin/contracts/channels";
import { describe, expect, it } from "vitest";
import { readText, repositoryFiles } from "./repository.ts";

/** Where a channel may be spelled: the list of them, and what belongs to one channel. */
const ownPlaces = /^(?:packages\/contracts\/src\/channels\.ts|apps\/worker\/src\/channels\/.*)$/;

const sources = repositoryFiles().filter(
  (path) =>
    /^(?:apps|packages\/(?:client|contracts|core|db|platform|rules-dsl))\/.*(?<!\.test)\.ts$/.test(path) &&
    !/\/testing\/|\/cli\//.test(path) &&
    !ownPlaces.test(path),
);

/** Texts of a program that name a channel and nothing else: `"fcm"`, or `'fcm'` within a statement. No imports. */
function spellings(source: string): string[] {
  const names = new RegExp(`(?<!from )["'\`](?:${channelNames.join("|")})["'\`]`, "g");
  return source.match(names) ?? [];
}

/** The values of an enum of the schema. */
function enumValues(name: string): string[] {
  const [, body = ""] = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(readText("prisma/schema.prisma")) ?? [];
  return body.match(/\w+/g) ?? [];
}

describe("a channel", () => {
  it("is spelled in the list of channels and in its own folder only, so that another one is missed nowhere", () => {
    const found = sources.flatMap((path) => spellings(readText(path)).map((text) => `${path}: ${text}`));
    expect(found).toEqual([]);
    expect(sources.length).toBeGreaterThan(300);
  });

  it("is found by this test where it is spelled", () => {
    expect(spellings(`import Pusher from "pusher"; platform IN ('fcm', 'apns') AND name = "pusher"`)).toEqual(
      ["'fcm'", "'apns'", '"pusher"'],
    );
  });

  it("has a value in the enums of the tables", () => {
    expect(enumValues("DeliveryChannel").toSorted()).toEqual(channelNames.toSorted());
    expect(enumValues("PushPlatform").toSorted()).toEqual(pushPlatforms.toSorted());
  });
});
