import { isIPv6 } from "node:net";

/** How many of the eight groups of an IPv6 address name a network: who has one address there has all of them. */
const networkGroups = 4;

/** What an address is counted by: an IPv4 address itself, the /64 network of an IPv6 address. */
export function networkOf(address: string | null): string {
  if (address === null) return "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? groupsOf(address).slice(0, networkGroups).join(":") : address;
}

/** All eight groups, those that `::` stands for too. */
function groupsOf(address: string): string[] {
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: missing }, () => "0"), ...after].map((group) =>
    group.replace(/^0+(?=.)/, ""),
  );
}
