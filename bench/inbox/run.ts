import { join } from "node:path";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { startProcess } from "@tocsin/sandbox/testing/start-process";
import { logIn } from "../../tests/support/client.ts";
import { accounts } from "../../tests/support/system.ts";
import { median } from "../measure.ts";
import type { BenchOptions } from "../options.ts";
import { atLeast, type BenchResult } from "../report.ts";
import { type AskedTarget, askWhile } from "../system/ask.ts";
import type { MeasuredDatabase } from "../system/database-choice.ts";
import { percentile } from "../system/load.ts";
import { assertEqual } from "../system/progress.ts";
import { startTocsin } from "../system/tocsin.ts";
import { fillInbox, inboxSize, notificationId, unreadCount } from "./fill-inbox.ts";

const connections = 50;
const rounds = 3;
const pageSize = 20;

/** One question, as Tocsin is asked it and as the floor is. */
interface Question {
  name: string;
  ours: string;
  floor: string;
  /** What an answer must hold. */
  check: (answer: Answer) => void;
}

interface Answer {
  items?: readonly { id: string }[];
  changes?: readonly { id: string }[];
  count?: number;
}

const itemsFrom = (newest: number) => (answer: Answer) => {
  assertEqual("items", answer.items?.length ?? 0, pageSize);
  assertEqual(
    "the first item's number",
    Number.parseInt(answer.items?.[0]?.id.slice(0, 8) ?? "", 16),
    newest,
  );
};

const lastPage = pageSize;
const questions: readonly Question[] = [
  {
    name: "list, page 1",
    ours: "/notifications",
    floor: "/list",
    check: itemsFrom(inboxSize),
  },
  {
    name: "list, the end by cursor",
    ours: `/notifications?cursor=${notificationId(lastPage + 1)}`,
    floor: `/list?cursor=${notificationId(lastPage + 1)}`,
    check: itemsFrom(lastPage),
  },
  {
    name: "unread-count",
    ours: "/notifications/unread-count",
    floor: "/unread-count",
    check: ({ count }) => assertEqual("unread", count ?? -1, unreadCount),
  },
  {
    name: `sync, ${pageSize} changes`,
    ours: `/notifications/sync?limit=${pageSize}&after=${inboxSize - pageSize}`,
    floor: `/sync?after=${inboxSize - pageSize}`,
    check: ({ changes }) => assertEqual("changes", changes?.length ?? 0, pageSize),
  },
  {
    name: "sync, nothing new",
    ours: `/notifications/sync?after=${inboxSize}`,
    floor: `/sync?after=${inboxSize}`,
    check: ({ changes }) => assertEqual("changes", changes?.length ?? -1, 0),
  },
];

const offset = `/offset?offset=${inboxSize - pageSize}`;

/**
 * List, unread count and sync of a person with a hundred thousand notifications, over many connections; against the
 * same statements bare behind Express, and against pages by OFFSET.
 */
export async function runInbox(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const tocsin = await startTocsin(options, { rules: 1 });
  const { engines, system, pool } = tocsin;
  const port = await freePort();
  try {
    const emails = [accounts.operator, accounts.admin, accounts.auditor].map(({ email }) => email);
    const users = await system.db.user.findMany({ where: { email: { in: emails } } });
    const operator = users.find(({ email }) => email === accounts.operator.email);
    const rule = await system.db.rule.findFirstOrThrow();
    if (!operator) throw new Error("There is no operator");
    await fillInbox(pool, { ruleId: rule.id, userIds: users.map(({ id }) => id) });
    const { token } = await logIn(system, accounts.operator.email);
    const floor = await startProcess({
      name: "floor",
      entry: join(import.meta.dirname, "floor.ts"),
      env: { DATABASE_URL: engines.databaseUrl, PORT: String(port), USER_ID: operator.id },
      isReady: `http://127.0.0.1:${port}/ready`,
    });
    try {
      const ours = { url: system.url, token, prefix: "/api/v1" };
      const bare = { url: `http://127.0.0.1:${port}`, token: "", prefix: "" };
      return summarise(tocsin.database, await measure({ ours, bare, seconds: seconds / rounds }));
    } finally {
      await floor.stop();
    }
  } finally {
    await tocsin.close();
  }
}

type Place = Pick<AskedTarget, "url" | "token"> & { prefix: string };

/** What was measured of one question. Answers a second. */
interface Measured {
  name: string;
  pace: number;
  floor: number;
  p50: number;
  p99: number;
}

/** Each question of both in turn, several times, so that a slow moment of the machine meets them all. */
async function measure({ ours, bare, seconds }: { ours: Place; bare: Place; seconds: number }) {
  const ask = (place: Place, path: string, forSeconds: number, check: Question["check"]) =>
    askWhile({ ...place, path: place.prefix + path, connections }, forSeconds, (text) =>
      check(JSON.parse(text) as Answer),
    );
  const kept = questions.map(() => ({
    paces: [] as number[],
    floors: [] as number[],
    latencies: [] as number[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    // The first round warms up.
    const forSeconds = round === 0 ? 1 : seconds;
    console.log(round === 0 ? "  warming up" : `  round ${round} of ${rounds}`);
    for (const [index, { ours: path, floor, check }] of questions.entries()) {
      const answered = await ask(ours, path, forSeconds, check);
      const bareAnswered = await ask(bare, floor, forSeconds, check);
      if (round === 0) continue;
      kept[index]?.paces.push(answered.pace);
      kept[index]?.latencies.push(...answered.latencies);
      kept[index]?.floors.push(bareAnswered.pace);
    }
  }
  const measured = kept.map(({ paces, floors, latencies }, index): Measured => {
    const sorted = latencies.toSorted((x, y) => x - y);
    return {
      name: questions[index]?.name ?? "",
      pace: median(paces),
      floor: median(floors),
      p50: percentile(sorted, 0.5),
      p99: percentile(sorted, 0.99),
    };
  });
  console.log("  the peer");
  const peer = await ask(bare, offset, seconds, itemsFrom(lastPage));
  return { measured, peer: peer.pace };
}

function summarise(
  database: MeasuredDatabase,
  { measured, peer }: { measured: readonly Measured[]; peer: number },
): BenchResult {
  const paceOf = (index: number) => measured[index]?.pace ?? Number.NaN;
  const [first, end] = [paceOf(0), paceOf(1)];
  const unit = "answers/s";
  return {
    bench: "inbox",
    databases: [database],
    rows: [
      ...measured.flatMap(({ name, pace, floor, p50, p99 }, index) => [
        {
          case: `${name}: Tocsin`,
          ...{ value: pace, unit, floorRatio: pace / floor, ...(index === 1 && { peerRatio: pace / peer }) },
        },
        { case: `${name}: Tocsin, p50`, value: p50, unit: "ms" },
        { case: `${name}: Tocsin, p99`, value: p99, unit: "ms" },
        { case: `${name}: bare SQL behind Express`, value: floor, unit, floorRatio: 1 },
      ]),
      { case: "list, the end by OFFSET: bare SQL behind Express", value: peer, unit },
    ],
    targets: [
      ...measured.map(({ name, pace, floor }) => atLeast(`${name}, share of the floor`, 0.4, pace / floor)),
      atLeast("the end of the list, share of the speed of page 1", 0.8, end / first),
      atLeast("the end of the list, times the peer", 10, end / peer),
    ],
  };
}
