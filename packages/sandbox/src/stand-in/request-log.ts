/** The last calls, oldest first. */
export interface RequestLog<Request> {
  add(request: Request): void;
  list(): readonly Request[];
  clear(): void;
}

const CAPACITY = 500;

/** Remembers the last calls. */
export function createRequestLog<Request>(capacity: number = CAPACITY): RequestLog<Request> {
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
