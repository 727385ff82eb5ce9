import { auditFilterSchema, auditPageSchema, listAuditInputSchema } from "@tocsin/contracts/api/audit";
import { exportAudit } from "@tocsin/core/audit/export-audit";
import { listAudit } from "@tocsin/core/audit/list-audit";
import { z } from "zod";
import { auditCsv } from "../audit/audit-csv.ts";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Audit"];

/** A text in pieces; what it looks like, the route's type says. */
const piecesSchema = z.unknown() as z.ZodType<AsyncIterable<string>>;

export const auditRouter = router({
  list: procedure("audit:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/audit",
        tags,
        summary: "Query the audit log",
        description: "The lines that pass every filter given, newest first.",
      },
    })
    .input(listAuditInputSchema)
    .output(auditPageSchema)
    .query(({ ctx, input }) => listAudit(ctx.verb, input)),

  export: procedure("audit:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/audit/export",
        tags,
        summary: "Export the audit log",
        description:
          "The same as CSV (RFC 4180), all of it, sent as it is read. Cells that a spreadsheet would take for a formula begin with an apostrophe.",
      },
      streams: "text/csv",
    })
    .input(auditFilterSchema)
    .output(piecesSchema)
    .query(({ ctx, input }) => auditCsv(exportAudit(ctx.verb, input))),
});
