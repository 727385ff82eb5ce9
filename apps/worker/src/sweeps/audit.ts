import { countOpenDeadLetters } from "@tocsin/core/dead-letters/count-open-dead-letters";
import { findOverdueWork } from "@tocsin/core/system/find-overdue-work";
import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { AuditMetrics, AuditResult } from "../metrics/audit-metrics.ts";

/**
 * Asks the tables themselves whether anything was forgotten, and tells it to the metrics and the log.
 * @throws whatever the database throws; the metrics then say nothing rather than what was true before
 */
export async function audit({
  pool,
  log,
  metrics,
}: {
  pool: Pool;
  log: Logger;
  metrics: AuditMetrics;
}): Promise<void> {
  const result = await askTables(pool).catch((error: unknown) => {
    metrics.auditFailed();
    throw error;
  });
  metrics.audited(result);
  for (const { step, count, oldestId, since } of result.overdue) {
    if (count > 0) log.error("Accepted work is overdue", { step, count, oldestId, since });
  }
}

async function askTables(pool: Pool): Promise<AuditResult> {
  const [overdue, openDeadLetters] = await Promise.all([findOverdueWork(pool), countOpenDeadLetters(pool)]);
  return { overdue, openDeadLetters };
}
