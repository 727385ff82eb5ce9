import type { z } from "zod";
import { DomainError, type ProblemError } from "./errors.ts";

/** A JSON pointer (RFC 6901) to a place in the input. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** What a schema found wrong, as the caller is told it: each field with its pointer, unknown ones too. */
export function validationFailed(error: z.ZodError, at: readonly PropertyKey[] = []): DomainError {
  const errors = error.issues.flatMap((issue): ProblemError[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        pointer: pointerOf([...at, ...issue.path, key]),
        message: "This field is not known here",
        code: "unknown_field",
      }));
    }
    return [{ pointer: pointerOf([...at, ...issue.path]), message: issue.message, code: issue.code }];
  });
  return new DomainError("VALIDATION_FAILED", {
    detail: errors
      .map(({ pointer, message }) => `${pointer || "The request"}: ${message}`)
      .join("; ")
      .slice(0, 500),
    errors,
  });
}

/** One thing wrong in one place, which no schema can see. */
export function invalidAt(path: readonly PropertyKey[], message: string, code: string): DomainError {
  const pointer = pointerOf(path);
  return new DomainError("VALIDATION_FAILED", {
    detail: `${pointer || "The body"}: ${message}`,
    errors: [{ pointer, message, code }],
  });
}
