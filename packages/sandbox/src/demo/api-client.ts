import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../engines/user-error.ts";
import { parseJsonObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import type { DemoAccount } from "../stack/ready-info.ts";

/** Calls to the API of one logged-in person. */
export interface ApiClient {
  /** What the login told of the person. */
  readonly user: { id: string; roles: readonly string[] };
  /** The value of the Authorization header at this moment. */
  authorization(): string;
  get(path: string): Promise<JsonObject>;
  post(path: string, body: JsonObject): Promise<JsonObject>;
}

/** An answer of the API that is neither a success nor worth another try. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const TIMEOUT_MS = 10_000;
const MAXIMUM_TRIES = 6;
const FIRST_PAUSE_MS = 200;
const UNAUTHORIZED = 401;
/** Busy or restarting: try again. */
const TRANSIENT_STATUSES = [429, 502, 503, 504];

/**
 * Logs in.
 *
 * @param api the API's address, without a path.
 * @throws ApiError when the API refuses, UserError when it doesn't answer.
 */
export async function logIn(api: string, account: DemoAccount): Promise<ApiClient> {
  const { email, password } = account;
  const openSession = async () => {
    const session = await call(`${api}/api/v1/auth/login`, "POST", { email, password });
    return { token: String(session["accessToken"]), user: readUser(session) };
  };
  let session = await openSession();

  const callAuthorized = async (path: string, method: string, body?: JsonObject): Promise<JsonObject> => {
    const url = `${api}/api/v1${path}`;
    try {
      return await call(url, method, body, { Authorization: `Bearer ${session.token}` });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== UNAUTHORIZED) throw error;
      // The access token lives for minutes only; a long demo outlives it.
      session = await openSession();
      return call(url, method, body, { Authorization: `Bearer ${session.token}` });
    }
  };
  return {
    user: session.user,
    authorization: () => `Bearer ${session.token}`,
    get: (path) => callAuthorized(path, "GET"),
    post: (path, body) => callAuthorized(path, "POST", body),
  };
}

function readUser(session: JsonObject): { id: string; roles: readonly string[] } {
  const user = session["user"] as { id?: unknown; roles?: unknown } | undefined;
  if (typeof user?.id !== "string" || !Array.isArray(user.roles)) throw new Error("The login named no user");
  return { id: user.id, roles: user.roles.map(String) };
}

/** Tries again what may succeed later; every call of the demo may safely be made twice. */
async function call(
  url: string,
  method: string,
  body?: JsonObject,
  headers: Record<string, string> = {},
): Promise<JsonObject> {
  for (let tryNumber = 1; ; tryNumber += 1) {
    const answer = await callOnce(url, method, body, headers);
    if (answer instanceof Response) {
      const text = await answer.text();
      if (answer.ok) return parseJsonObject(text) ?? {};
      if (!TRANSIENT_STATUSES.includes(answer.status) || tryNumber === MAXIMUM_TRIES) {
        throw new ApiError(answer.status, `${method} ${url}: ${answer.status} ${describeProblem(text)}`);
      }
    } else if (tryNumber === MAXIMUM_TRIES) {
      throw answer;
    }
    const retryAfterMs =
      answer instanceof Response ? Number(answer.headers.get("Retry-After") ?? 0) * 1_000 : 0;
    await delay(Math.max(retryAfterMs, FIRST_PAUSE_MS * 2 ** (tryNumber - 1)));
  }
}

async function callOnce(
  url: string,
  method: string,
  body: JsonObject | undefined,
  headers: Record<string, string>,
): Promise<Response | Error> {
  try {
    return await fetch(url, {
      method,
      headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    return new UserError(`The API does not answer ${method} ${url}`, { cause: error });
  }
}

function describeProblem(text: string): string {
  const { title, detail } = parseJsonObject(text) ?? {};
  return [title, detail].filter((part) => typeof part === "string").join(": ") || text.slice(0, 200);
}
