import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

/** `203.0.113.7:4711` and `[2001:db8::1]:4711`: an address with the port that some proxies add. */
const withPort = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d{1,5})?$/;

/**
 * An IP address in its one form: IPv4 in decimals, IPv6 compressed, without port, brackets and zone. An IPv4
 * address that is mapped into IPv6 (`::ffff:203.0.113.7`, `::ffff:cb00:7107`) is that IPv4 address.
 * @returns null where the text is no address
 */
export function canonicalAddress(text: string): string | null {
  const trimmed = text.trim();
  // What nearly every request has; also keeps `127.1`, `0x7f.0.0.1` and leading zeros from being read as IPv4.
  if (isIPv4(trimmed)) return trimmed;
  const [, bracketed, plain] = withPort.exec(trimmed) ?? [];
  const address = bracketed ?? plain ?? trimmed;
  if (isIPv4(address) && bracketed === undefined) return address;
  const [withoutZone = ""] = address.split("%");
  if (!ipaddr.IPv6.isValid(withoutZone)) return null;
  const parsed = ipaddr.IPv6.parse(withoutZone);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toString();
}
