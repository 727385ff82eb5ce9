import { Router } from "express";

/** A router that knows each path in one spelling: the application's own settings do not hold within another router. */
export function strictRouter(): Router {
  return Router({ strict: true, caseSensitive: true });
}
