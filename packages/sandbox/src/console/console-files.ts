import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A file of the web console. */
export interface ConsoleFile {
  type: string;
  body: string;
}

/** Gives the file at a path of the console, or undefined when there is none. */
export type ConsoleFiles = (path: string) => ConsoleFile | undefined;

/** Where the console is. */
export const CONSOLE_PATH = "/console";

const PAGE = join(import.meta.dirname, "page.html");
const PUSHER_SCRIPT = createRequire(import.meta.url).resolve("pusher-js/dist/web/pusher.min.js");

/**
 * The web console: a page that logs in as a demo account and shows the alerts as they arrive, like an app would.
 *
 * @param readyFile tells the API's address and the demo accounts; `npm start` writes it once the system is ready.
 */
export function createConsoleFiles(readyFile: string): ConsoleFiles {
  return (path) => {
    switch (path) {
      case CONSOLE_PATH:
        return { type: "text/html; charset=utf-8", body: readFileSync(PAGE, "utf8") };
      case `${CONSOLE_PATH}/pusher.js`:
        return { type: "text/javascript; charset=utf-8", body: readFileSync(PUSHER_SCRIPT, "utf8") };
      case `${CONSOLE_PATH}/system.json`:
        return { type: "application/json", body: readReadyFile(readyFile) };
      default:
        return undefined;
    }
  };
}

/** Not there yet, or not at all: the page then asks for what it needs. */
function readReadyFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "{}";
  }
}
