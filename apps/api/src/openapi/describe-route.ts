import { errorCatalogue, type ErrorCode, problemTypeOf } from "@tocsin/contracts/errors";
import { maximumBatchEvents } from "@tocsin/contracts/api/events";
import { cloudEventJsonSchema } from "@tocsin/contracts/cloud-events";
import { z } from "zod";
import { cloudEventTypesOf } from "../rest/cloud-events.ts";
import { takesIdempotencyKey } from "../rest/repeatable.ts";
import type { RestRoute } from "../rest/routes.ts";

/** The schema of an object whose fields may stand in a query as well. */
interface FieldsSchema {
  properties?: Record<string, { description?: string }>;
  required?: string[];
}

/** An operation of the document, as far as it is completed here. */
export interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: unknown[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: FieldsSchema }> };
  responses: Record<string, unknown>;
  "x-permission"?: string;
  "x-rate-limit"?: string;
}

/** The errors of one route beyond those that any route may answer. */
const errorsOfRoute: Readonly<Record<string, readonly ErrorCode[]>> = {
  "apiKeys.get": ["API_KEY_NOT_FOUND"],
  "apiKeys.rotate": ["API_KEY_NOT_FOUND", "API_KEY_NOT_ACTIVE"],
  "apiKeys.revoke": ["API_KEY_NOT_FOUND"],
  "auth.register": ["WEAK_PASSWORD"],
  "auth.login": ["INVALID_CREDENTIALS", "ACCOUNT_NOT_ACTIVE"],
  "auth.refresh": ["INVALID_REFRESH_TOKEN"],
  "users.approve": ["USER_NOT_FOUND", "USER_NOT_APPROVABLE", "UNKNOWN_ROLE"],
  "sounds.upload": ["SOUND_NAME_TAKEN", "UNPLAYABLE_SOUND"],
  "sounds.get": ["SOUND_NOT_FOUND"],
  "sounds.delete": ["SOUND_NOT_FOUND", "SOUND_IN_USE"],
  "silences.create": ["INVALID_CONDITION"],
  "silences.get": ["SILENCE_NOT_FOUND"],
  "silences.update": ["SILENCE_NOT_FOUND", "INVALID_CONDITION"],
  "silences.end": ["SILENCE_NOT_FOUND"],
  "transferBuckets.get": ["BUCKET_NOT_FOUND"],
  "transferBuckets.listEntries": ["BUCKET_NOT_FOUND"],
  "transferBuckets.changeThreshold": ["BUCKET_NOT_FOUND"],
  "transferBuckets.setBalance": ["BUCKET_NOT_FOUND", "IDEMPOTENCY_KEY_REUSED"],
  "transferBuckets.adjustBalance": ["BUCKET_NOT_FOUND", "BALANCE_OUT_OF_RANGE", "IDEMPOTENCY_KEY_REUSED"],
  "users.get": ["USER_NOT_FOUND"],
  "users.reject": ["USER_NOT_FOUND", "USER_STATUS_CONFLICT"],
  "users.disable": ["USER_NOT_FOUND", "USER_STATUS_CONFLICT", "LAST_ADMIN"],
  "users.enable": ["USER_NOT_FOUND", "USER_STATUS_CONFLICT"],
  "users.setRoles": ["USER_NOT_FOUND", "USER_STATUS_CONFLICT", "UNKNOWN_ROLE", "LAST_ADMIN"],
  "users.allowPasswordReset": ["USER_NOT_FOUND", "USER_STATUS_CONFLICT"],
  "users.updateMe": ["PHONE_TAKEN"],
  "users.changePassword": ["WRONG_PASSWORD", "WEAK_PASSWORD"],
  "auth.resetPassword": ["INVALID_RESET_TOKEN", "WEAK_PASSWORD"],
  "devices.remove": ["DEVICE_NOT_FOUND"],
  "drills.start": ["RULE_NOT_FOUND", "NO_RECIPIENTS"],
  "drills.report": ["NOTIFICATION_NOT_FOUND"],
  "notifications.explain": ["NOTIFICATION_NOT_FOUND"],
  "notifications.deliveries": ["NOTIFICATION_NOT_FOUND"],
  "notifications.receipt": ["NOTIFICATION_NOT_FOUND"],
  "webhooks.pusher": ["INVALID_SIGNATURE"],
  "roles.get": ["ROLE_NOT_FOUND"],
  "roles.create": ["ROLE_NAME_TAKEN"],
  "roles.update": ["ROLE_NOT_FOUND", "SYSTEM_ROLE", "ROLE_NAME_TAKEN", "LAST_ADMIN"],
  "roles.delete": ["ROLE_NOT_FOUND", "SYSTEM_ROLE", "ROLE_IN_USE", "LAST_ADMIN"],
  "deadLetters.list": ["SOURCE_FORBIDDEN"],
  "deadLetters.get": ["DEAD_LETTER_NOT_FOUND", "SOURCE_FORBIDDEN"],
  "deadLetters.redrive": ["DEAD_LETTER_NOT_FOUND", "DEAD_LETTER_NOT_REDRIVABLE", "CONFLICT"],
  "deadLetters.discard": ["DEAD_LETTER_NOT_FOUND", "CONFLICT"],
  "users.pusherAuth": ["CHANNEL_FORBIDDEN"],
  "rules.create": [
    "INVALID_CONDITION",
    "INVALID_TEMPLATE",
    "RULE_TESTS_FAILED",
    "UNKNOWN_ROLE",
    "UNKNOWN_SOUND",
  ],
  "rules.get": ["RULE_NOT_FOUND"],
  "rules.update": [
    "RULE_NOT_FOUND",
    "RULE_CHANGED",
    "INVALID_CONDITION",
    "INVALID_TEMPLATE",
    "RULE_TESTS_FAILED",
    "UNKNOWN_ROLE",
    "UNKNOWN_SOUND",
  ],
  "rules.test": ["RULE_NOT_FOUND", "INVALID_CONDITION", "INVALID_TEMPLATE"],
  "rules.backtest": ["RULE_NOT_FOUND", "INVALID_CONDITION", "INVALID_TEMPLATE", "UNKNOWN_ROLE"],
  "rules.delete": ["RULE_NOT_FOUND", "RULE_CHANGED"],
  "rules.listVersions": ["RULE_NOT_FOUND"],
  "rules.rollback": [
    "RULE_NOT_FOUND",
    "RULE_VERSION_NOT_FOUND",
    "RULE_CHANGED",
    "INVALID_CONDITION",
    "INVALID_TEMPLATE",
    "RULE_TESTS_FAILED",
    "UNKNOWN_ROLE",
    "UNKNOWN_SOUND",
  ],
  "events.send": ["IDEMPOTENCY_KEY_REUSED", "SOURCE_FORBIDDEN"],
  "events.get": ["EVENT_NOT_FOUND"],
  "events.explain": ["EVENT_NOT_FOUND", "RULE_NOT_FOUND"],
  "notifications.get": ["NOTIFICATION_NOT_FOUND"],
  "notifications.acknowledge": ["NOTIFICATION_NOT_FOUND"],
  "notifications.read": ["NOTIFICATION_NOT_FOUND"],
  "notifications.archive": ["NOTIFICATION_NOT_FOUND"],
  "notifications.delete": ["NOTIFICATION_NOT_FOUND"],
  "notifications.webviewAction": ["NOTIFICATION_NOT_FOUND"],
};

/** An operation with its real success status, its errors, who may call it, and its rate limit. */
export function describeRoute(route: RestRoute, operation: Operation): Operation {
  const { requires = "authenticated", successStatus = 200, idempotencyHeader } = route.meta;
  const { "200": success, ...others } = operation.responses;
  const withoutGenerated = Object.fromEntries(
    Object.entries(others).filter(([status]) => Number(status) < 400),
  );
  const isPublic = requires === "public";
  const keyParameter = idempotencyHeader
    ? "IdempotencyKey"
    : takesIdempotencyKey(route) && "RepeatableRequestKey";
  const hasPermission = !isPublic && requires !== "authenticated";
  return {
    ...operation,
    operationId: route.procedure.join("-"),
    security: isPublic ? [] : [{ bearer: [] }],
    ...(hasPermission && { "x-permission": requires }),
    description: [operation.description, hasPermission && `Needs the permission \`${requires}\`.`]
      .filter(Boolean)
      .join(" "),
    "x-rate-limit": route.meta.limit ?? "api",
    ...(keyParameter && {
      parameters: [...(operation.parameters ?? []), { $ref: `#/components/parameters/${keyParameter}` }],
    }),
    ...(operation.requestBody && { requestBody: describeBody(operation.requestBody, route) }),
    responses: {
      [successStatus]: describeSuccess(success, route),
      ...withoutGenerated,
      ...errorResponses(errorCodes(route)),
    },
  };
}

type Body = NonNullable<Operation["requestBody"]>;

/** A body all of whose fields may be left out may itself be left out. */
function describeBody(body: Body, route: RestRoute): Body {
  const fields = body.content?.["application/json"]?.schema?.required ?? [];
  const described = { ...body, required: fields.length > 0 };
  return route.meta.cloudEvents ? withCloudEvents(described, route) : described;
}

/** The body may be CloudEvents as well. */
function withCloudEvents(body: Body, route: RestRoute): Body {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(cloudEventJsonSchema, { io: "input" });
  const one = route.meta.cloudEvents === "one";
  const [type = ""] = cloudEventTypesOf(route);
  const example = { specversion: "1.0", id: "4711-failed", source: "payments", type: "transfer.failed" };
  return {
    ...body,
    content: {
      ...body.content,
      [type]: {
        schema: one ? schema : { type: "array", minItems: 1, maxItems: maximumBatchEvents, items: schema },
        example: one ? example : [example],
      } as { schema: FieldsSchema },
    },
  };
}

/** The same operation with its fields in the query instead of the body. */
export function describeQueryAlias(operation: Operation): Operation {
  const { requestBody, ...rest } = operation;
  const { properties = {}, required = [] } = requestBody?.content?.["application/json"]?.schema ?? {};
  const { "408": _late, "413": _tooLarge, "415": _type, ...responses } = operation.responses;
  return {
    ...rest,
    operationId: `${operation.operationId ?? ""}-query`,
    summary: `${operation.summary ?? ""} (fields in the query)`,
    parameters: Object.entries(properties).map(([name, schema]) => ({
      name,
      in: "query",
      required: required.includes(name),
      description: schema.description,
      schema,
    })),
    responses,
  };
}

function describeSuccess(success: unknown, route: RestRoute): object {
  const { successStatus, location, streams } = route.meta;
  const descriptions: Readonly<Record<number, string>> = {
    200: "Done",
    201: "Created",
    202: "Accepted",
    204: "Done, nothing to tell",
  };
  const { content, ...others } = success as { content?: unknown };
  return {
    ...others,
    ...(successStatus !== 204 && {
      content: streams ? { [streams]: { schema: { type: "string" } } } : content,
    }),
    description: descriptions[successStatus ?? 200] ?? "Done",
    headers: {
      "X-Request-Id": { $ref: "#/components/headers/RequestId" },
      RateLimit: { $ref: "#/components/headers/RateLimit" },
      ...(location !== undefined && { Location: { $ref: "#/components/headers/Location" } }),
      ...(takesIdempotencyKey(route) && {
        "Idempotent-Replayed": { $ref: "#/components/headers/IdempotentReplayed" },
      }),
    },
  };
}

function errorCodes(route: RestRoute): ErrorCode[] {
  const { procedure, meta, method } = route;
  const { requires = "authenticated" } = meta;
  const hasBody = method !== "GET" && method !== "DELETE";
  return [
    "VALIDATION_FAILED",
    ...(hasBody && !meta.uploads ? (["MALFORMED_JSON"] as const) : []),
    ...(hasBody ? (["REQUEST_TIMEOUT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const) : []),
    ...(requires === "public" ? [] : (["UNAUTHENTICATED", "UNAUTHORIZED_ROLE"] as const)),
    ...(errorsOfRoute[procedure.join(".")] ?? []),
    ...(takesIdempotencyKey(route) ? (["IDEMPOTENCY_KEY_IN_USE", "IDEMPOTENCY_KEY_REUSED"] as const) : []),
    "TOO_MANY_REQUESTS",
    "INTERNAL_ERROR",
    "UNAVAILABLE",
  ];
}

/** The problems by status, each with an example. */
export function errorResponses(codes: readonly ErrorCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(codes, (code) => errorCatalogue[code].status);
  return Object.fromEntries(
    [...byStatus.entries()]
      .toSorted(([a], [b]) => a - b)
      .map(([status, some]) => [
        String(status),
        {
          description: some.map((code) => errorCatalogue[code].title).join(" · "),
          headers: {
            "X-Request-Id": { $ref: "#/components/headers/RequestId" },
            ...(status === 429 && { RateLimit: { $ref: "#/components/headers/RateLimit" } }),
            ...((status === 429 || status === 503) && {
              "Retry-After": { $ref: "#/components/headers/RetryAfter" },
            }),
          },
          content: {
            "application/problem+json": {
              schema: { $ref: "#/components/schemas/Problem" },
              examples: Object.fromEntries(some.map((code) => [code, { value: exampleOf(code) }])),
            },
          },
        },
      ]),
  );
}

function exampleOf(code: ErrorCode): object {
  const { status, title } = errorCatalogue[code];
  return {
    type: problemTypeOf(code),
    title,
    status,
    detail: title,
    instance: "/api/v1/…",
    requestId: "0198c0de-0000-7000-8000-000000000001",
    code,
  };
}
