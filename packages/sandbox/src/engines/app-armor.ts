import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether AppArmor keeps an installed program to the system's own folders, as Ubuntu does with /usr/sbin/mysqld: such
 * a server cannot have its data here. A profile is a file called after the program's path (apparmor.d(5)).
 *
 * @param root the machine's top folder.
 */
export function isConfined(program: string, root = "/"): boolean {
  const profile = realpathSync(program).slice(1).replaceAll("/", ".");
  const folder = join(root, "etc/apparmor.d");
  return (
    isAppArmorOn(join(root, "sys/module/apparmor/parameters/enabled")) &&
    existsSync(join(folder, profile)) &&
    !existsSync(join(folder, "disable", profile))
  );
}

function isAppArmorOn(file: string): boolean {
  try {
    return readFileSync(file, "utf8").startsWith("Y");
  } catch {
    // No such file: a system without AppArmor.
    return false;
  }
}
