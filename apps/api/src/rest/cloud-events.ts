import { maximumBatchEvents } from "@tocsin/contracts/api/events";
import { cloudEventBatchType, cloudEventSchema, cloudEventType } from "@tocsin/contracts/cloud-events";
import { readJson, readJsonBatch } from "@tocsin/contracts/read-json";
import { invalidAt, validationFailed } from "@tocsin/contracts/validation-failed";
import type { Context } from "@tocsin/core/context";
import { sendEvent } from "@tocsin/core/events/send-event";
import { sendEvents } from "@tocsin/core/events/send-events";
import type { Request } from "express";
import type { ApiContext } from "../trpc/context.ts";
import { isBinaryCloudEvent, readBinaryCloudEvent } from "./binary-cloud-event.ts";
import { callDirectly } from "./call-directly.ts";
import { budgetOf } from "./read-input.ts";
import type { RestRoute } from "./routes.ts";

const types = { one: cloudEventType, many: cloudEventBatchType } as const;

/** The media type of CloudEvents that a route takes; none where it takes none. */
export function cloudEventTypesOf({ meta }: RestRoute): string[] {
  return meta.cloudEvents ? [types[meta.cloudEvents]] : [];
}

/**
 * The call of a request with CloudEvents, in structured, batch or binary mode; undefined for all other requests.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function cloudEventCallOf(
  route: RestRoute,
  context: ApiContext,
  request: Request,
): (() => Promise<unknown>) | undefined {
  const form = route.meta.cloudEvents;
  if (form === undefined) return undefined;
  if (!request.is(types[form])) {
    if (form === "many" || !isBinaryCloudEvent(request)) return undefined;
    return () =>
      callDirectly(route, context, (ctx) => sendEvent(ctx, readBinaryCloudEvent(request, budgetOf(route))));
  }
  return () =>
    callDirectly(route, context, (ctx) => {
      const [text, budget] = [String(request.body), budgetOf(route)];
      return form === "one"
        ? sendOne(ctx, readJson(text, budget))
        : sendMany(ctx, readJsonBatch(text, { field: undefined }, budget));
    });
}

async function sendOne(ctx: Context, body: unknown): Promise<unknown> {
  const parsed = cloudEventSchema.safeParse(body);
  if (!parsed.success) throw validationFailed(parsed.error);
  return sendEvent(ctx, parsed.data);
}

async function sendMany(ctx: Context, body: unknown): Promise<unknown> {
  if (!Array.isArray(body)) throw invalidAt([], "Must be a list of CloudEvents", "invalid_type");
  if (body.length > maximumBatchEvents) {
    throw invalidAt([], `Must hold at most ${maximumBatchEvents} events`, "invalid_size");
  }
  return sendEvents(ctx, { events: body }, { schema: cloudEventSchema, at: [] });
}
