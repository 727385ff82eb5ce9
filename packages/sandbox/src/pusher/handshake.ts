import { splitTarget } from "./request-target.ts";

/** Why a connection ends, as a WebSocket close code. 4000–4099: don't come back; 4200–4299: come back at once. */
export interface CloseReason {
  code: number;
  message: string;
}

/** https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/#error-codes */
export const CLOSE_CODES = {
  unknownKey: 4001,
  pathNotFound: 4005,
  invalidVersion: 4006,
  unsupportedProtocol: 4007,
  noProtocol: 4008,
  unauthorized: 4009,
  pongTimeout: 4201,
} as const;

/** Older ones differ in how errors and data are encoded. */
const SUPPORTED_PROTOCOLS = [5, 6, 7];

/**
 * Checks what a WebSocket client asks for.
 *
 * @param url path and query, such as `/app/key?protocol=7&client=js`.
 * @returns why the connection must be closed, or undefined.
 */
export function findHandshakeFault(url: string, key: string): CloseReason | undefined {
  const { path, query } = splitTarget(url);
  const [, app, givenKey, ...rest] = path.split("/");
  if (app !== "app" || givenKey === undefined || rest.length > 0) {
    return { code: CLOSE_CODES.pathNotFound, message: `Path not found: ${path}` };
  }
  if (givenKey !== key) {
    return { code: CLOSE_CODES.unknownKey, message: `Application does not exist: no app key ${givenKey}` };
  }
  const protocol = query.get("protocol");
  if (protocol === null || protocol === "") {
    return { code: CLOSE_CODES.noProtocol, message: "No protocol version supplied" };
  }
  if (!/^\d+$/.test(protocol)) {
    return { code: CLOSE_CODES.invalidVersion, message: "Invalid version string format" };
  }
  if (!SUPPORTED_PROTOCOLS.includes(Number(protocol))) {
    return { code: CLOSE_CODES.unsupportedProtocol, message: `Unsupported protocol version ${protocol}` };
  }
  return undefined;
}
