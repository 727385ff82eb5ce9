import { holdsExactNumbers, parseExactly } from "@tocsin/contracts/exact-number";
import { parseJson } from "@tocsin/db/pool";

/** An event's payload as its row holds it. */
export interface KeptPayload {
  /** JSON, or what it holds: in a JSON column numbers are doubles. */
  payload: unknown;
  /** The same as JSON to the digit, where that is more. */
  payloadText: string | null;
}

/** What a row is to hold of a payload. */
export function keepPayload(payload: unknown): { payload: string; payloadText: string | null } {
  const text = JSON.stringify(payload);
  if (!holdsExactNumbers(payload, text)) return { payload: text, payloadText: null };
  return { payload: JSON.stringify(JSON.parse(text)), payloadText: text };
}

/** The payload that a row holds, its numbers to the digit. */
export function readPayload({ payload, payloadText }: KeptPayload): unknown {
  return payloadText === null ? parseJson(payload) : parseExactly(payloadText);
}

/** A payload as JSON: what a thread can be sent without losing digits. */
export function payloadAsText({ payload, payloadText }: KeptPayload): string {
  return payloadText ?? (typeof payload === "string" ? payload : JSON.stringify(payload));
}
