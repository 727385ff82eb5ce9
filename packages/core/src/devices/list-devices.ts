import type { DeviceList } from "@tocsin/contracts/api/devices";
import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { type Context, currentUserId } from "../context.ts";
import { type DeviceProof, deviceProof } from "./device-proof.ts";
import { toDevice } from "./device-view.ts";

/** The most that are shown: many more than can be in use. */
const shown = 100;

/** The caller's devices, the one seen last first; those out of use too. */
export async function listDevices(ctx: Context): Promise<DeviceList> {
  const rows = await ctx.db.device.findMany({
    where: { userId: currentUserId(ctx) },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    take: shown,
  });
  const proofs = await readProofs(ctx.pool, rows);
  return { items: rows.map((row) => toDevice(row, proofs.get(row.id) ?? "ended")) };
}

async function readProofs(
  db: Queryable,
  devices: readonly { id: string }[],
): Promise<Map<string, DeviceProof>> {
  if (devices.length === 0) return new Map();
  const rows = await db.query<{ id: string; proof: DeviceProof }[]>(
    `SELECT id, ${deviceProof} AS proof FROM device WHERE id IN (${placeholders(devices)})`,
    devices.map(({ id }) => id),
  );
  return new Map(rows.map(({ id, proof }) => [id, proof]));
}
