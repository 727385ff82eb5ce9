/** What takes the place of the server's own types: a client reads nothing of them. */
export const serverTypes = `/** What the server keeps to itself. */
export interface ApiContext {}
/** What the server knows of a procedure beside its shapes. */
export interface ProcedureMeta {}
`;

/** Which module a client's declarations name instead of one of the server's. */
const replacements: Readonly<Record<string, string>> = {
  "../trpc/context.ts": "./server-types.js",
  "../trpc/init.ts": "./server-types.js",
  "@tocsin/api/app-router": "./app-router.js",
};

/** What a client installs itself. */
const installed: ReadonlySet<string> = new Set(["@trpc/client", "@trpc/server"]);

/**
 * A declaration file as it can stand outside this repository.
 * @throws Error when it names a module that a client does not have: something of the server would leak into its types
 */
export function declarationsForClients(text: string): string {
  return text.replaceAll(/(\bfrom |\bimport\()"([^"]+)"/g, (_match, before: string, name: string) => {
    const module = installed.has(name) ? name : replacements[name];
    if (module === undefined) throw new Error(`The client's types depend on ${name}`);
    return `${before}"${module}"`;
  });
}
