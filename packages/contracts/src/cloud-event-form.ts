import { isExactNumber } from "./exact-number.ts";

/**
 * A CloudEvent with all that the specification allows brought to one form: attributes that are null are absent, a number
 * or a boolean as dedup key is a text, and data that is no JSON object, or binary (in base64), stands under `data`
 * of an object. What is no object stays as it is.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#2-attributes
 */
export function toCloudEventForm(value: unknown): unknown {
  if (!isObject(value)) return value;
  const attributes = Object.entries(value).filter(([, item]) => item !== null);
  const fields = Object.fromEntries(attributes.map(([name, item]) => [name, asText(name, item)]));
  const { data, data_base64: binary, ...others } = fields;
  if (data !== undefined && binary !== undefined) return fields;
  const content = data ?? binary;
  if (content === undefined) return others;
  return { ...others, data: isObject(content) ? content : { data: content } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

function asText(name: string, item: unknown): unknown {
  const isPlain = typeof item === "number" || typeof item === "boolean";
  return name === "dedupkey" && isPlain ? String(item) : item;
}
