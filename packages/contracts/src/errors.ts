import { z } from "zod";

/**
 * The closed set of errors a caller can meet, each with its HTTP status and title.
 * The title never changes for a code; the detail says what was wrong this time.
 */
export const errorCatalogue = {
  MALFORMED_JSON: { status: 400, title: "The body is not valid JSON" },
  VALIDATION_FAILED: { status: 400, title: "The request does not have the expected form" },
  UNAUTHENTICATED: { status: 401, title: "Authentication is required" },
  INVALID_CREDENTIALS: { status: 401, title: "The e-mail address or the password is wrong" },
  INVALID_REFRESH_TOKEN: { status: 401, title: "The refresh token is not valid" },
  INVALID_SIGNATURE: { status: 401, title: "The signature is wrong or too old" },
  ACCOUNT_NOT_ACTIVE: { status: 403, title: "This account cannot log in" },
  UNAUTHORIZED_ROLE: { status: 403, title: "None of your roles allows this" },
  CHANNEL_FORBIDDEN: { status: 403, title: "This channel is not yours" },
  SOURCE_FORBIDDEN: { status: 403, title: "This API key is for another source" },
  NOT_FOUND: { status: 404, title: "There is nothing here" },
  RULE_NOT_FOUND: { status: 404, title: "There is no such rule" },
  RULE_VERSION_NOT_FOUND: { status: 404, title: "The rule has no such version" },
  EVENT_NOT_FOUND: { status: 404, title: "There is no such event" },
  USER_NOT_FOUND: { status: 404, title: "There is no such user" },
  NOTIFICATION_NOT_FOUND: { status: 404, title: "There is no such notification" },
  DEVICE_NOT_FOUND: { status: 404, title: "There is no such device" },
  DEAD_LETTER_NOT_FOUND: { status: 404, title: "There is no such dead letter" },
  ROLE_NOT_FOUND: { status: 404, title: "There is no such role" },
  SILENCE_NOT_FOUND: { status: 404, title: "There is no such silence" },
  BUCKET_NOT_FOUND: { status: 404, title: "There is no such transfer bucket" },
  SOUND_NOT_FOUND: { status: 404, title: "There is no such sound" },
  API_KEY_NOT_FOUND: { status: 404, title: "There is no such API key" },
  METHOD_NOT_ALLOWED: { status: 405, title: "This method is not supported here" },
  USER_NOT_APPROVABLE: { status: 409, title: "Only a pending or unverified user can be approved" },
  DEAD_LETTER_NOT_REDRIVABLE: { status: 409, title: "This dead letter is no event that could be processed" },
  RULE_CHANGED: { status: 409, title: "The rule was changed in the meantime" },
  USER_STATUS_CONFLICT: { status: 409, title: "The user's state does not allow this" },
  LAST_ADMIN: { status: 409, title: "Somebody must remain who may do everything" },
  ROLE_IN_USE: { status: 409, title: "The role is in use" },
  ROLE_NAME_TAKEN: { status: 409, title: "Another role has this name" },
  SYSTEM_ROLE: { status: 409, title: "System roles cannot be changed or deleted" },
  SOUND_IN_USE: { status: 409, title: "The sound is in use" },
  SOUND_NAME_TAKEN: { status: 409, title: "Another sound has this name" },
  PHONE_TAKEN: { status: 409, title: "Another user has this phone number" },
  API_KEY_NOT_ACTIVE: { status: 409, title: "The API key has expired or was revoked" },
  CONFLICT: { status: 409, title: "This does not fit the present state" },
  REQUEST_TIMEOUT: { status: 408, title: "The request took too long to arrive" },
  PAYLOAD_TOO_LARGE: { status: 413, title: "The body is too large" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "This content type is not supported" },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, title: "A request with this idempotency key is being made" },
  INVALID_CONDITION: { status: 422, title: "The rule's condition cannot be understood" },
  INVALID_TEMPLATE: { status: 422, title: "A template of the rule cannot be understood" },
  RULE_TESTS_FAILED: { status: 422, title: "The rule fails its own tests" },
  NO_RECIPIENTS: { status: 422, title: "Nobody holds a role that this would go to" },
  UNKNOWN_ROLE: { status: 422, title: "A named role does not exist" },
  UNKNOWN_SOUND: { status: 422, title: "A named sound does not exist" },
  UNPLAYABLE_SOUND: { status: 422, title: "The file is no sound that can be played" },
  WRONG_PASSWORD: { status: 422, title: "The current password is wrong" },
  INVALID_RESET_TOKEN: { status: 422, title: "The reset token is not valid" },
  WEAK_PASSWORD: { status: 422, title: "The password is too easy to guess" },
  BALANCE_OUT_OF_RANGE: { status: 422, title: "The balance would be too large to be kept" },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: "The idempotency key was used for another body" },
  TOO_MANY_REQUESTS: { status: 429, title: "Too many requests" },
  HEADERS_TOO_LARGE: { status: 431, title: "The request's headers are too large" },
  INTERNAL_ERROR: { status: 500, title: "Internal error" },
  UNAVAILABLE: { status: 503, title: "Temporarily unavailable" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** One thing wrong with a request: where, and what. */
export const problemErrorSchema = z
  .object({
    pointer: z
      .string()
      .describe("Where: a JSON pointer (RFC 6901) into the body, or #/query/…, #/path/…")
      .meta({ examples: ["/amount"] }),
    message: z
      .string()
      .describe("What is wrong there")
      .meta({ examples: ["Expected a number"] }),
    code: z
      .string()
      .optional()
      .describe("A machine-readable reason")
      .meta({ examples: ["invalid_type"] }),
    line: z.int().optional().describe("In a rule condition: the line, from 1"),
    column: z.int().optional().describe("In a rule condition: the column, from 1"),
    found: z.string().optional().describe("In a rule condition: what stood there"),
    expected: z.array(z.string()).optional().describe("In a rule condition: what could stand there"),
    suggestion: z.string().optional().describe("In a rule condition: what was probably meant"),
  })
  .describe("One thing wrong with a request");

export type ProblemError = z.infer<typeof problemErrorSchema>;

/** An error answer: RFC 9457 problem details with a code, the request's id and the single errors. */
export const problemSchema = z
  .object({
    type: z
      .string()
      .describe("A URI for the kind of problem")
      .meta({ examples: ["urn:tocsin:problem:rule-not-found"] }),
    title: z
      .string()
      .describe("The kind of problem in words")
      .meta({ examples: ["There is no such rule"] }),
    status: z
      .int()
      .describe("The HTTP status")
      .meta({ examples: [404] }),
    detail: z
      .string()
      .describe("What was wrong this time")
      .meta({ examples: ["There is no such rule"] }),
    instance: z
      .string()
      .describe("The path asked for; empty where what came was no request of HTTP")
      .meta({ examples: ["/api/v1/rules/0198c0de-0000-7000-8000-000000000000"] }),
    requestId: z
      .string()
      .describe("Quote this to whoever runs the service")
      .meta({ examples: ["0198c0de-0000-7000-8000-000000000001"] }),
    code: z
      .enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]])
      .describe("The kind of problem for programs"),
    errors: z.array(problemErrorSchema).optional().describe("Each thing that was wrong"),
  })
  .meta({ id: "Problem", description: "Problem details (RFC 9457)" });

export type Problem = z.infer<typeof problemSchema>;

/**
 * What a verb throws when the caller can be told what is wrong.
 * Anything else that is thrown reaches the caller as INTERNAL_ERROR without a word more.
 */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code: ErrorCode;
  readonly errors: readonly ProblemError[];
  /** For TOO_MANY_REQUESTS, UNAVAILABLE and the like: when to come back, in seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    options: {
      detail?: string;
      errors?: readonly ProblemError[];
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(options.detail ?? errorCatalogue[code].title, { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** What is told of an error wherever it is told: problem details without the request that they are about. */
export function describeError(error: DomainError): Omit<Problem, "instance" | "requestId"> {
  return {
    type: problemTypeOf(error.code),
    title: errorCatalogue[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.errors.length > 0 && { errors: [...error.errors] }),
  };
}

/** The URI that stands for a kind of problem. */
export function problemTypeOf(code: ErrorCode): string {
  return `urn:tocsin:problem:${code.toLowerCase().replaceAll("_", "-")}`;
}
