/** One call to the HTTP API, as it came and was answered. */
export interface LoggedRequest {
  /** When it came (ISO 8601). */
  at: string;
  method: string;
  path: string;
  /** The body as text. */
  body: string;
  /** Null when it was never answered. */
  status: number | null;
}

/** The last calls, oldest first. */
export interface RequestLog<Request = LoggedRequest> {
  add(request: Request): void;
  list(): readonly Request[];
  clear(): void;
}

const CAPACITY = 500;

/** Remembers the last 500 calls. */
export function createRequestLog<Request = LoggedRequest>(capacity: number = CAPACITY): RequestLog<Request> {
  let requests: Request[] = [];
  return {
    add(request) {
      requests.push(request);
      // Cut rarely: a shift for each call would move all of them each time.
      if (requests.length >= capacity * 2) requests = requests.slice(-capacity);
    },
    list: () => requests.slice(-capacity),
    clear() {
      requests = [];
    },
  };
}
