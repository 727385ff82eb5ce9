import { createTemplateDatabase } from "@tocsin/db/testing/migrated-database";

/** Migrates one database before the tests of a project, for their own to be copied from, and drops it after them. */
export default async function setup(): Promise<() => Promise<void>> {
  const template = await createTemplateDatabase();
  return () => template.drop();
}
