import type { OverdueWork } from "@tocsin/core/system/find-overdue-work";
import { Gauge, type Registry } from "prom-client";

/** What an audit found out. */
export interface AuditResult {
  overdue: readonly OverdueWork[];
  openDeadLetters: number;
}

/** Takes what the audits say. */
export interface AuditMetrics {
  audited(result: AuditResult): void;
  /** The tables could not be asked: what the audit before said is taken back, for it may be true no longer. */
  auditFailed(): void;
}

/** Adds what the audits find out, and when the last one was. */
export function addAuditMetrics(registry: Registry): AuditMetrics {
  const registers = [registry];
  const overdue = new Gauge({
    name: "tocsin_overdue",
    help: "What was accepted and should have been done a minute ago or longer, by step: 0 when all is well, missing where the tables could not be asked",
    labelNames: ["step"],
    registers,
  });
  const overdueSince = new Gauge({
    name: "tocsin_overdue_oldest_timestamp_seconds",
    help: "Since when the oldest of them is due; 0 where there is none",
    labelNames: ["step"],
    registers,
  });
  const deadLetters = new Gauge({
    name: "tocsin_dead_letters_open",
    help: "Dead letters that nobody redrove or discarded yet; missing where the tables could not be asked",
    registers,
  });
  // Without an audit there is no number yet; prom-client begins with 0.
  deadLetters.remove();
  const lastAudit = new Gauge({
    name: "tocsin_last_audit_timestamp_seconds",
    help: "When the tables were last asked what is overdue, and answered; 0 before the first time",
    registers,
  });
  return {
    audited({ overdue: works, openDeadLetters }) {
      for (const { step, count, since } of works) {
        overdue.set({ step }, count);
        overdueSince.set({ step }, (since?.getTime() ?? 0) / 1000);
      }
      deadLetters.set(openDeadLetters);
      lastAudit.setToCurrentTime();
    },
    auditFailed() {
      overdue.reset();
      overdueSince.reset();
      deadLetters.remove();
    },
  };
}
