import { DomainError } from "@tocsin/contracts/errors";
import { newId } from "@tocsin/db/ids";
import { createObjectStorage, type ObjectStorage } from "@tocsin/platform/object-storage";
import { startTestS3, type TestS3 } from "@tocsin/sandbox/s3/test-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { deleteRule } from "../rules/delete-rule.ts";
import { rollbackRule } from "../rules/rollback-rule.ts";
import { updateRule } from "../rules/update-rule.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { silentMp3, silentOgg, silentWav } from "../testing/sound-files.ts";
import { createTestServices } from "../testing/test-services.ts";
import { deleteSound } from "./delete-sound.ts";
import { getSound } from "./get-sound.ts";
import { listSounds } from "./list-sounds.ts";
import { deleteOrphanObjects } from "./orphan-objects.ts";
import { soundUrls } from "./sound-urls.ts";
import { uploadSound } from "./upload-sound.ts";

let s3: TestS3;
let objects: ObjectStorage;
let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  s3 = await startTestS3();
  objects = createObjectStorage({ ...s3.options, urlSeconds: 600 });
  test = await createTestServices({ objects });
  const roleId = await givenRole(test.services.db, "Operator");
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [roleId])));
});

afterEach(async () => {
  s3.server.faults.clear();
  await test.services.pool.query("DROP TRIGGER IF EXISTS refuse_sound");
  // What failed uploads leave to be deleted once more.
  await sweepLater();
});

afterAll(async () => {
  await test.close();
  objects.close();
  await s3.stop();
});

const upload = (name = `${newId()}.wav`, content = silentWav()) =>
  uploadSound(ctx, { file: new File([content], name) });

const ruleWith = (sound: string | null) =>
  givenRule(ctx, { condition: "true", targetRoles: ["Operator"], sound });

const codeOf = async (call: Promise<unknown>) => {
  try {
    await call;
    return "none";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

/** All that an upload may leave behind. */
async function remains() {
  const { db } = ctx;
  const [sounds, audited] = await Promise.all([
    db.sound.count(),
    db.auditLog.count({ where: { action: "sound.uploaded" } }),
  ]);
  return { sounds, audited, stored: s3.server.store.list().map(({ key }) => key) };
}

const orphans = () => ctx.db.orphanObject.findMany({ orderBy: { objectKey: "asc" } });

/** What would be swept in a while is swept now. */
async function sweepLater(): Promise<number> {
  await ctx.db.orphanObject.updateMany({ data: { dueAt: new Date(0) } });
  return deleteOrphanObjects(ctx);
}

describe("an uploaded sound", () => {
  it.each([
    ["a.mp3", silentMp3(), "audio/mpeg"],
    ["b.ogg", silentOgg(), "audio/ogg"],
    ["c.wav", silentWav(), "audio/wav"],
  ])("is loaded from its URL as it was sent: %s", async (name, content, contentType) => {
    const sound = await upload(name, content);
    expect(sound).toMatchObject({ name, contentType, bytes: content.length });
    const answer = await fetch(sound.url);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(content);
    expect(answer.headers.get("content-type")).toBe(contentType);
    expect(await getSound(ctx, { id: sound.id })).toEqual(sound);
    expect(await orphans()).toEqual([]);
  });

  it("is called what its content is, whatever it was sent as", async () => {
    expect(await upload("../../horn of.ogg", silentMp3())).toMatchObject({ name: "horn of.mp3" });
  });

  it("is in the audit log, with what its file was", async () => {
    const { id, name, sha256 } = await upload();
    const line = await ctx.db.auditLog.findFirst({ where: { resourceId: id } });
    expect(line).toMatchObject({ action: "sound.uploaded", after: { name, sha256 } });
  });

  it("does not take the name of another, nor of a bundled one", async () => {
    const { name } = await upload();
    const before = await remains();
    expect(await codeOf(upload(name))).toBe("SOUND_NAME_TAKEN");
    expect(await codeOf(upload("alarm.mp3", silentMp3()))).toBe("SOUND_NAME_TAKEN");
    expect(await remains()).toEqual(before);
  });

  it("is uploaded once where two send the same name at the same moment", async () => {
    const name = `${newId()}.wav`;
    const before = await remains();
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(upload(name))));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 5 }, () => "SOUND_NAME_TAKEN"), "none"]);
    const after = await remains();
    expect(after.sounds).toBe(before.sounds + 1);
    expect(after.stored).toHaveLength(before.stored.length + 1);
  });
});

describe("a list of sounds", () => {
  it("is read page by page, newest first, by number and by cursor", async () => {
    const made = [await upload(), await upload(), await upload()].map(({ id }) => id).toReversed();
    const first = await listSounds(ctx, { page: 1, limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(made.slice(0, 2));
    expect(first.total).toBe(await ctx.db.sound.count());
    const next = await listSounds(ctx, { page: 1, limit: 1, cursor: first.nextCursor ?? "" });
    expect(next.items.map(({ id }) => id)).toEqual(made.slice(2));
    expect(next.total).toBeUndefined();
  });

  it("finds the sound that an alert names, and no other", async () => {
    const sound = await upload();
    const found = await listSounds(ctx, { page: 1, limit: 20, name: sound.name });
    expect(found).toMatchObject({ items: [sound], total: 1 });
    const upper = await listSounds(ctx, { page: 1, limit: 20, name: sound.name.toUpperCase() });
    expect(upper.items).toEqual([]);
  });
});

describe("an upload that fails", () => {
  it("leaves nothing where the storage refuses it", async () => {
    const before = await remains();
    s3.server.faults.add({ kind: "500", calls: 2 });
    expect(await codeOf(upload())).toBe("UNAVAILABLE");
    expect(await remains()).toEqual(before);
  });

  it("leaves nothing where the object was stored and the answer was lost", async () => {
    const before = await remains();
    s3.server.faults.add({ kind: "lost", calls: 2 });
    expect(await codeOf(upload())).toBe("UNAVAILABLE");
    expect(await remains()).toEqual(before);
  });

  it("leaves nothing for long where the storage stays away", async () => {
    const before = await remains();
    s3.server.faults.add({ kind: "lost", calls: 2 });
    s3.server.faults.add({ kind: "500", calls: 4 });
    expect(await codeOf(upload())).toBe("UNAVAILABLE");
    expect((await remains()).stored).toHaveLength(before.stored.length + 1);
    expect(await deleteOrphanObjects(ctx)).toBe(0);
    // The storage is still away.
    await sweepLater();
    expect((await remains()).stored).toHaveLength(before.stored.length + 1);
    expect(await sweepLater()).toBeGreaterThan(0);
    expect(await remains()).toEqual(before);
    expect(await orphans()).toEqual([]);
  });

  it("leaves nothing where the row cannot be written", async () => {
    const before = await remains();
    await ctx.pool.query(
      "CREATE TRIGGER refuse_sound BEFORE INSERT ON sound FOR EACH ROW SIGNAL SQLSTATE '45000'",
    );
    await expect(upload()).rejects.not.toBeInstanceOf(DomainError);
    expect(await remains()).toEqual(before);
    expect(await orphans()).toEqual([]);
  });

  it("leaves nothing where the caller goes away while it is stored", async () => {
    const before = await remains();
    s3.server.faults.add({ kind: "hang", calls: 1 });
    const file = new File([silentWav()], `${newId()}.wav`);
    await expect(uploadSound(ctx, { file }, { signal: AbortSignal.timeout(100) })).rejects.toThrow(
      DomainError,
    );
    expect(await remains()).toEqual(before);
  });

  it("leaves nothing where the process died after it was stored", async () => {
    const before = await remains();
    const key = `sounds/${newId()}.wav`;
    await ctx.pool.query(
      "INSERT INTO orphan_object (objectKey, state, dueAt) VALUES (?, 'uploading', UTC_TIMESTAMP(3))",
      [key],
    );
    await objects.put({ key, content: silentWav(), contentType: "audio/wav" });
    expect(await deleteOrphanObjects(ctx)).toBe(1);
    expect(await remains()).toEqual(before);
  });
});

describe("a rule's sound", () => {
  it("is an uploaded one, a bundled one or none", async () => {
    const { name, id } = await upload();
    for (const [sound, soundId] of [
      [name, id],
      ["siren.mp3", null],
      [null, null],
    ] as const) {
      const rule = await ruleWith(sound);
      expect(rule.sound).toBe(sound);
      expect(await ctx.db.rule.findUnique({ where: { id: rule.id } })).toMatchObject({ sound, soundId });
    }
  });

  it("is found however the letters of its name were put together", async () => {
    const letters = newId();
    const { name, id } = await upload(`Zo\u00eb ${letters}.wav`);
    const rule = await ruleWith(`Zoe\u0308 ${letters}.wav`);
    expect(rule.sound).toBe(name);
    expect(await ctx.db.rule.findUnique({ where: { id: rule.id } })).toMatchObject({ soundId: id });
  });

  it.each(["nobody-has-this.mp3", "ALARM.mp3", "álarm.mp3"])(
    "is refused, with the place: %s",
    async (sound) => {
      const refusal = { code: "UNKNOWN_SOUND", errors: [{ pointer: "/sound" }] };
      const input = { condition: "true", targetRoles: ["Operator"], sound };
      await expect(givenRule(ctx, input)).rejects.toMatchObject(refusal);
      const { id } = await ruleWith(null);
      await expect(updateRule(ctx, { id, sound })).rejects.toMatchObject(refusal);
    },
  );

  it("that it had before sounds could be uploaded stays until it is changed", async () => {
    const { id } = await ruleWith(null);
    await ctx.db.rule.update({ where: { id }, data: { sound: "old.mp3" } });
    expect(await updateRule(ctx, { id, active: false })).toMatchObject({ sound: "old.mp3", active: false });
    expect(await codeOf(updateRule(ctx, { id, sound: "older.mp3" }))).toBe("UNKNOWN_SOUND");
  });

  it("comes back with an earlier version, if it is still there", async () => {
    const { name, id: soundId } = await upload();
    const { id } = await ruleWith(name);
    await updateRule(ctx, { id, sound: "bell.mp3" });
    expect(await rollbackRule(ctx, { id, version: 1 })).toMatchObject({ sound: name });
    expect(await ctx.db.rule.findUnique({ where: { id } })).toMatchObject({ soundId });
    await updateRule(ctx, { id, sound: null });
    await deleteSound(ctx, { id: soundId });
    expect(await codeOf(rollbackRule(ctx, { id, version: 1 }))).toBe("UNKNOWN_SOUND");
    await upload(name);
    expect(await rollbackRule(ctx, { id, version: 1 })).toMatchObject({ sound: name });
  });
});

describe("a sound", () => {
  it("is not deleted while a rule plays it, and is once it plays another", async () => {
    const { name, id, url } = await upload();
    const rule = await ruleWith(name);
    expect(await codeOf(deleteSound(ctx, { id }))).toBe("SOUND_IN_USE");
    expect((await fetch(url)).status).toBe(200);
    await updateRule(ctx, { id: rule.id, sound: null });
    await deleteSound(ctx, { id });
    expect((await fetch(url)).status).toBe(404);
    expect(await codeOf(getSound(ctx, { id }))).toBe("SOUND_NOT_FOUND");
    expect(await codeOf(deleteSound(ctx, { id }))).toBe("SOUND_NOT_FOUND");
    expect(await orphans()).toEqual([]);
    const line = await ctx.db.auditLog.findFirst({ where: { resourceId: id, action: "sound.deleted" } });
    expect(line).toMatchObject({ before: { name } });
  });

  it("is deleted where only a deleted rule played it; brought back, that rule misses it", async () => {
    const { name, id } = await upload();
    const rule = await ruleWith(name);
    await deleteRule(ctx, { id: rule.id });
    await deleteSound(ctx, { id });
    expect(await codeOf(rollbackRule(ctx, { id: rule.id, version: 1 }))).toBe("UNKNOWN_SOUND");
  });

  it("is deleted also while the storage is away, and its object as soon as it is back", async () => {
    const { id } = await upload();
    const { objectKey } = await ctx.db.sound.findUniqueOrThrow({ where: { id } });
    s3.server.faults.add({ kind: "500", calls: 2 });
    await deleteSound(ctx, { id });
    expect(s3.server.store.get(objectKey)).toBeDefined();
    expect(await sweepLater()).toBe(1);
    expect(s3.server.store.get(objectKey)).toBeUndefined();
  });

  it("is either used or deleted where both happen at the same moment", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { name, id } = await upload();
      const [used, deleted] = await Promise.all([codeOf(ruleWith(name)), codeOf(deleteSound(ctx, { id }))]);
      expect([
        ["none", "SOUND_IN_USE"],
        ["UNKNOWN_SOUND", "none"],
      ]).toContainEqual([used, deleted]);
    }
  });
});

describe("the URLs of sounds", () => {
  it("come for all names in one query; bundled and unknown ones have none", async () => {
    const [one, other] = [await upload(), await upload()];
    let queries = 0;
    const counting: typeof ctx.pool = {
      ...ctx.pool,
      query: async (sql, values) => {
        queries += 1;
        return ctx.pool.query(sql, values);
      },
    };
    const names = [one.name, other.name, one.name, null, "alarm.mp3", "nobody-has-this.mp3"];
    const urls = await soundUrls({ ...ctx, pool: counting }, names);
    const byName = new Map([...urls].map(([name, { url }]) => [name, url]));
    expect(byName).toEqual(new Map([one, other].map(({ name, url }) => [name, url])));
    expect(queries).toBe(1);
    expect(await soundUrls({ ...ctx, pool: counting }, [null])).toEqual(new Map());
    expect(queries).toBe(1);
  });

  it("are missing, no more, where there is no storage: an alert does not wait for its sound", async () => {
    const { name } = await upload();
    expect(await soundUrls({ ...ctx, objects: createObjectStorage(undefined) }, [name])).toEqual(new Map());
  });
});
