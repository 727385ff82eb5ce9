import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { type ApiDocument, readDocument } from "./document.ts";

const validators = new WeakMap<ApiDocument, (schema: object) => ValidateFunction>();

/** What keeps a value from its schema, each with where it is and what was expected; nothing is well. */
export function schemaErrors(value: unknown, schema: object, document = readDocument()): string[] {
  const validate = (validators.get(document) ?? validatorFor(document))(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const found = JSON.stringify(instancePath.split("/").slice(1).reduce(descend, value));
    return `at ${instancePath || "/"}: ${message} ${JSON.stringify(params)}, found ${(found ?? "nothing").slice(0, 200)}`;
  });
}

/** Compiles each schema of a document once. */
function validatorFor(document: ApiDocument): (schema: object) => ValidateFunction {
  // The document says more than a schema may: descriptions of its own kind, examples.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  formats.default(ajv);
  ajv.addSchema({ $id: "document:openapi", components: document.components });
  const compiled = new WeakMap<object, ValidateFunction>();
  const validator = (schema: object) => {
    const known = compiled.get(schema);
    if (known) return known;
    const absolute = JSON.parse(
      JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document:openapi#/'),
    ) as object;
    const validate = ajv.compile(absolute);
    compiled.set(schema, validate);
    return validate;
  };
  validators.set(document, validator);
  return validator;
}

function descend(value: unknown, part: string): unknown {
  const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
