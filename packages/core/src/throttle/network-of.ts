import ipaddr from "ipaddr.js";
import { canonicalAddress } from "./canonical-address.ts";

/** How many of the eight groups of an IPv6 address name a network: who has one address there has all of them. */
const networkGroups = 4;

/** What an address is counted by: an IPv4 address itself, the /64 network of an IPv6 address. */
export function networkOf(address: string | null): string {
  const canonical = address === null ? null : canonicalAddress(address);
  if (canonical === null) return "unknown";
  if (!canonical.includes(":")) return canonical;
  const { parts } = ipaddr.IPv6.parse(canonical);
  return parts
    .slice(0, networkGroups)
    .map((group) => group.toString(16))
    .join(":");
}
