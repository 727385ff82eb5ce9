import type { AppRouter } from "@tocsin/api/app-router";
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  splitLink,
  TRPCClientError,
  type TRPCClient,
} from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import superjson from "superjson";

export type { AppRouter };

/** What each procedure takes: `RouterInputs["rules"]["create"]`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** What each procedure answers: `RouterOutputs["rules"]["get"]`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** Every procedure of the API: `client.rules.list.query({ limit: 20 })`. */
export type TocsinClient = TRPCClient<AppRouter>;

export interface TocsinClientOptions {
  /** Where Tocsin is served: `https://alerts.example.com`. */
  url: string;
  /** An access token or an API key; as a function it is asked before each request, so it can be renewed. */
  token?: string | (() => string | undefined | Promise<string | undefined>);
}

/** The most calls that the server takes in one request. */
const callsPerRequest = 20;

/** Longer addresses are refused by some proxies. Characters. */
const longestUrl = 6_000;

/** Answers that come in pieces while they are read. */
const streamed: ReadonlySet<string> = new Set(["audit.export"]);

/** A client of one Tocsin. Calls made at the same moment go in one request. */
export function createTocsinClient({ url, token }: TocsinClientOptions): TocsinClient {
  const options = {
    url: `${url.replace(/\/+$/, "")}/trpc`,
    transformer: superjson,
    maxItems: callsPerRequest,
    maxURLLength: longestUrl,
    headers: async () => authorization(typeof token === "function" ? await token() : token),
  };
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ path }) => streamed.has(path),
        true: httpBatchStreamLink(options),
        false: httpBatchLink(options),
      }),
    ],
  });
}

function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

type ErrorData = NonNullable<TRPCClientError<AppRouter>["data"]>;

/** Why a call failed, as REST tells it. */
export interface Problem {
  /** From the closed list of the API's document: `RULE_NOT_FOUND`. */
  code: ErrorData["appCode"];
  /** The HTTP status that goes with the code. */
  status: number;
  message: string;
  /** The fields that do not fit, each with its pointer (RFC 6901). */
  errors: ErrorData["errors"];
  /** What to name when asking for help. */
  requestId: string | undefined;
}

/** What the server said was wrong. Null: it did not answer, or the error is of another kind. */
export function problemOf(error: unknown): Problem | null {
  if (!(error instanceof TRPCClientError)) return null;
  const { data, message } = error as TRPCClientError<AppRouter>;
  if (!data?.appCode) return null;
  const { appCode: code, httpStatus: status, errors, requestId } = data;
  return { code, status, message, errors, requestId };
}
