import { Agent } from "node:https";
import { Notification, Provider } from "apn";
import { initializeApp } from "firebase-admin/app";
import { getMessaging } from "firebase-admin/messaging";

/**
 * Sends push notifications with a provider's SDK and nothing else: as many at once as Tocsin does. A program of its own,
 * as the worker is one. Prints how many it sent a second.
 *
 *   node bench/delivery/bare-push.ts fcm|apns <count> <at once>
 */
const [platform, countText, atOnceText] = process.argv.slice(2);
const [count, atOnce] = [Number(countText), Number(atOnceText)];
const env = process.env as Record<string, string>;
const ca = env["PUSH_CA"] ?? "";

const send = platform === "fcm" ? openFcm() : openApns();
await sendAll(Math.min(count, 500));
const startedAt = performance.now();
await sendAll(count);
console.log(JSON.stringify({ perSecond: count / ((performance.now() - startedAt) / 1000) }));
process.exit(0);

async function sendAll(total: number): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < total) {
      next += 1;
      await send(next);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function openFcm(): (index: number) => Promise<void> {
  const { port } = new URL(env["FCM_SERVER"] ?? "");
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce, ca });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) =>
    connect({ ...options, host: "127.0.0.1", port: Number(port), servername: "localhost" }, callback);
  const answer = { access_token: env["FCM_ACCESS_TOKEN"] ?? "", expires_in: 3_600 };
  const app = initializeApp({
    projectId: env["FCM_PROJECT_ID"] ?? "",
    credential: { getAccessToken: () => Promise.resolve(answer) },
    httpAgent: agent,
  });
  const messaging = getMessaging(app);
  // oxlint-disable-next-line typescript/no-deprecated -- as Tocsin does: over HTTP/2 each call opens a connection
  messaging.enableLegacyHttpTransport();
  return async (index) => {
    await messaging.send({
      token: `bare-${index}`,
      notification: { title: "Transfer failed", body: "insufficient funds" },
    });
  };
}

function openApns(): (index: number) => Promise<void> {
  const { port } = new URL(env["APNS_SERVER"] ?? "");
  const provider = new Provider({
    token: {
      key: env["APNS_KEY"] ?? "",
      keyId: env["APNS_KEY_ID"] ?? "",
      teamId: env["APNS_TEAM_ID"] ?? "",
    },
    address: "127.0.0.1",
    port: Number(port),
    ca: [ca],
  });
  return async (index) => {
    const notification = new Notification();
    notification.topic = env["APNS_TOPIC"] ?? "";
    notification.pushType = "alert";
    notification.alert = { title: "Transfer failed", body: "insufficient funds" };
    const { failed } = await provider.send(notification, index.toString(16).padStart(64, "0"));
    if (failed.length > 0) throw new Error(`APNs refused: ${JSON.stringify(failed)}`);
  };
}
