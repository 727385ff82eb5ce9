/** For how long a device is told, without what alerts say, that its app has to prove itself again. Days. */
export const unprovenDays = 7;

/** What a device may be told: everything, only that there is something, or nothing. */
export type DeviceProof = "proven" | "unproven" | "ended";

/** When the session ended in which a device was registered, or will: by its last refresh token. */
const sessionEnd = `(SELECT MAX(LEAST(expiresAt, COALESCE(revokedAt, expiresAt))) FROM refresh_token
                      WHERE familyId = device.sessionId)`;

/**
 * What a device may be told now: an expression in SQL, of the table `device`. One whose session is not known is believed.
 * One whose session expired, or whose owner changed their password, is unproven until its app registers it again or
 * refreshes its session; after some days it is told nothing any more.
 */
export const deviceProof = `(
  CASE WHEN device.disabledAt IS NOT NULL THEN 'ended'
       WHEN device.unprovenSince <= UTC_TIMESTAMP(3) - INTERVAL ${unprovenDays} DAY THEN 'ended'
       WHEN device.sessionId IS NULL THEN IF(device.unprovenSince IS NULL, 'proven', 'unproven')
       WHEN COALESCE(${sessionEnd} <= UTC_TIMESTAMP(3) - INTERVAL ${unprovenDays} DAY, TRUE) THEN 'ended'
       WHEN device.unprovenSince IS NOT NULL OR ${sessionEnd} <= UTC_TIMESTAMP(3) THEN 'unproven'
       ELSE 'proven' END)`;
