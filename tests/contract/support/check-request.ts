import { schemaErrors } from "./check-schema.ts";
import { type ApiDocument, type Operation, type Parameter, parametersIn } from "./document.ts";
import { type Exchange, isJson, mediaType } from "./exchange.ts";

/** What the document has against a request that succeeded all the same. */
export function requestViolations(
  document: ApiDocument,
  exchange: Exchange,
  operation: Operation,
  pathValues: Readonly<Record<string, string>>,
): string[] {
  return [
    ...parameterViolations(document, exchange, operation, pathValues),
    ...sentBodyViolations(document, exchange, operation),
  ].map((violation) => `accepted request: ${violation}`);
}

function parameterViolations(
  document: ApiDocument,
  { method, url, requestHeaders }: Exchange,
  operation: Operation,
  pathValues: Readonly<Record<string, string>>,
): string[] {
  const parameters = parametersIn(document, operation);
  const query = Object.fromEntries(new URLSearchParams(url.split("?").slice(1).join("?")));
  const given = ({ name, in: place }: Parameter): string | undefined => {
    if (place === "path") return decodeURIComponent(pathValues[name] ?? "");
    return place === "query" ? query[name] : requestHeaders[name.toLowerCase()]?.toString();
  };
  const known = parameters.filter((one) => one.in === "query").map(({ name }) => name);
  // Only GET and DELETE have their fields in the query; what stands there otherwise is not read. Nor does the health of a
  // process depend on one: probes add what they like.
  const isRead = (method === "GET" || method === "DELETE") && url.startsWith("/api/");
  const unknown = isRead ? Object.keys(query).filter((name) => !known.includes(name)) : [];
  return [
    ...unknown.map((name) => `the query's ${name} is not documented`),
    ...parameters.flatMap((parameter) => {
      const value = given(parameter);
      if (value === undefined) return parameter.required ? [`${parameter.name} is missing`] : [];
      return textErrors(value, parameter.schema, document).map((error) => `${parameter.name} ${error}`);
    }),
  ];
}

/** What keeps a text from its schema: as it stands, or as the number or truth value that it spells. */
function textErrors(text: string, schema: object, document: ApiDocument): string[] {
  const errors = schemaErrors(text, schema, document);
  const spelled = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?|true|false)$/.test(text)
    ? (JSON.parse(text) as unknown)
    : undefined;
  if (errors.length === 0 || spelled === undefined) return errors;
  return schemaErrors(spelled, schema, document);
}

function sentBodyViolations(
  document: ApiDocument,
  { requestHeaders, requestBody }: Exchange,
  { operationId, requestBody: declared }: Operation,
): string[] {
  if (requestBody.length === 0) return declared?.required ? ["the body is missing"] : [];
  const type = mediaType(requestHeaders["content-type"]);
  const media = declared?.content[type];
  // An empty object is how some clients say nothing.
  if (!media) return requestBody.toString() === "{}" ? [] : [`a body of type ${type} is not documented`];
  const text = requestBody.toString().replace(/^\uFEFF/, "");
  if (isJson(type)) {
    // Such headers make the body the data of a CloudEvent, which no document of OpenAPI can say.
    if (requestHeaders["ce-specversion"] !== undefined) return [];
    // Its events are judged one by one: a bad one among them does not make the request a bad one.
    if (operationId === "events-sendBatch") return [];
    return schemaErrors(JSON.parse(text), media.schema ?? {}, document).map((error) => `body ${error}`);
  }
  if (type !== "application/x-www-form-urlencoded") return [];
  const fields = Object.fromEntries(new URLSearchParams(text));
  return schemaErrors(fields, media.schema ?? {}, document).map((error) => `form ${error}`);
}
