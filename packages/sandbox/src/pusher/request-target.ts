/** The parts of a request line's target; nothing is unescaped in the path. */
export interface RequestTarget {
  path: string;
  query: URLSearchParams;
}

/** Splits a target such as `/apps/1/events?auth_key=…`; unlike `new URL` it takes whatever a client may send. */
export function splitTarget(target = "/"): RequestTarget {
  const mark = target.indexOf("?");
  if (mark === -1) return { path: target, query: new URLSearchParams() };
  return { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) };
}
