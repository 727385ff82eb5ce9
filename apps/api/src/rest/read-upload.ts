import { DomainError } from "@tocsin/contracts/errors";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import busboy, { type Busboy } from "busboy";
import type { Request } from "express";
import { arrivedLate, bodyDeadlineMs } from "../http/read-body.ts";

/** What a form carried. */
export interface Upload {
  file?: File;
}

/** The name of the one field. */
const fileField = "file";

/** What surrounds the file in a form: boundaries and headers. Bytes. */
export const envelopeBytes = 10_000;

/**
 * Reads a form with one file into memory, as it comes and no further than it may go: nothing is written to disk.
 * @param maximumBytes the most that the file may have
 * @throws DomainError VALIDATION_FAILED where it is no such form, PAYLOAD_TOO_LARGE
 */
export async function readUpload(request: Request, maximumBytes: number): Promise<Upload> {
  if (request.headers["content-type"] === undefined) return {};
  if (Number(request.headers["content-length"] ?? 0) > maximumBytes + envelopeBytes) {
    throw tooLarge(maximumBytes);
  }
  const form = openForm(request, maximumBytes);
  try {
    return await receive(request, form, maximumBytes);
  } finally {
    // What is refused is not kept. What still comes of it is read and dropped, so that the answer is heard.
    request.unpipe(form);
    request.resume();
    form.destroy();
  }
}

function openForm({ headers }: Request, maximumBytes: number): Busboy {
  try {
    return busboy({
      headers,
      // The file may be as large as the limit: one byte more tells that it is larger.
      limits: { fileSize: maximumBytes + 1, files: 1, fieldNameSize: 100, fieldSize: 100, headerPairs: 20 },
      defParamCharset: "utf8",
    });
  } catch (cause) {
    throw malformed(cause);
  }
}

function receive(request: Request, form: Busboy, maximumBytes: number): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let name: string | undefined;
    form.on("file", (field, content, { filename = "" }) => {
      // Before anything else: an error that nobody hears would end the process.
      content.on("error", (error) => reject(malformed(error)));
      content.on("limit", () => reject(tooLarge(maximumBytes)));
      content.on("data", (chunk: Buffer) => chunks.push(chunk));
      name = filename;
      if (field !== fileField) reject(unknownField(field));
    });
    form.on("field", (field) => {
      const isFile = field === fileField;
      reject(isFile ? invalidAt([field], "Must be a file", "invalid_type") : unknownField(field));
    });
    form.on("filesLimit", () => reject(invalidAt([fileField], "Is given twice", "duplicate")));
    form.on("error", (error) => reject(malformed(error)));
    form.on("close", () => resolve(name === undefined ? {} : { file: new File(chunks, name) }));
    request.once("error", (error) => reject(malformed(error)));
    const late = () => reject(arrivedLate(bodyDeadlineMs));
    const deadline = setTimeout(late, bodyDeadlineMs);
    form.once("close", () => clearTimeout(deadline));
    request.once("close", () => {
      if (!request.complete) reject(malformed(new Error("The client went away")));
    });
    request.pipe(form);
  });
}

function tooLarge(maximumBytes: number): DomainError {
  return new DomainError("PAYLOAD_TOO_LARGE", { detail: `The file may have at most ${maximumBytes} bytes` });
}

function unknownField(field: string): DomainError {
  return invalidAt([field], "This field is not known here", "unknown_field");
}

function malformed(cause: unknown): DomainError {
  return new DomainError("VALIDATION_FAILED", {
    detail: `The form cannot be read${cause instanceof Error ? `: ${cause.message}` : ""}`,
    errors: [{ pointer: "", message: "Must be a form with one file", code: "malformed_form" }],
    cause,
  });
}
