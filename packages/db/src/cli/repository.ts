import { join } from "node:path";

/** The top folder of the repository. */
export const repositoryFolder = join(import.meta.dirname, "../../../..");
