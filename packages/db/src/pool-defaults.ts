/** Connections of one pool, at most. */
export const CONNECTION_LIMIT = 10;

/** How long a new connection may take. Milliseconds. */
export const CONNECT_TIMEOUT_MS = 1_500;

/** How long to wait for a free connection before the statement fails. Milliseconds. */
export const ACQUIRE_TIMEOUT_MS = 2_000;
