import { describe, expect, it } from "vitest";
import { declarationsForClients } from "./declarations-for-clients.ts";

describe("declarationsForClients", () => {
  it("puts its own modules in the place of the server's", () => {
    const text = `import type { AppRouter } from "@tocsin/api/app-router";
type A = import("../trpc/context.ts").ApiContext | import("../trpc/init.ts").ProcedureMeta;`;
    expect(declarationsForClients(text)).toBe(`import type { AppRouter } from "./app-router.js";
type A = import("./server-types.js").ApiContext | import("./server-types.js").ProcedureMeta;`);
  });

  it("leaves what a client installs", () => {
    const text = 'type A = import("@trpc/server").TRPCBuiltRouter;';
    expect(declarationsForClients(text)).toBe(text);
  });

  it.each(["express", "@tocsin/db/client", "@tocsin/core/context", "node:http"])(
    "refuses types that would bring in %s",
    (name) => {
      expect(() => declarationsForClients(`type A = import("${name}").B;`)).toThrow(name);
    },
  );
});
