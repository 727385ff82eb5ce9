import { secretVariables } from "@tocsin/platform/env-fields";
import { describe, expect, it } from "vitest";
import { readAppVariables } from "./app-variables.ts";
import { readText } from "./repository.ts";

const read = new Set([...(await readAppVariables("api")), ...(await readAppVariables("worker"))]);

/** What is a secret by its name: passwords and keys, and the URLs that hold a password. */
function isSecretByName(name: string): boolean {
  const isOne = /SECRET|PASSWORD|TOKEN|SERVICE_ACCOUNT|^APNS_KEY$|^(?:DATABASE|REDIS)_URL$/.test(name);
  return isOne && !/_SECONDS$|_KEY_ID$/.test(name);
}

describe("the variables that may be given by a file", () => {
  it("are all the secrets of the API and the worker, and the first admin's password", () => {
    const secrets = [...read].filter(isSecretByName);
    expect([...secretVariables].toSorted()).toEqual([...secrets, "TOCSIN_ADMIN_PASSWORD"].toSorted());
  });

  it("are listed in docs/deploy.md", () => {
    const listed = [...readText("docs/deploy.md").matchAll(/`([A-Z][A-Z0-9_]*)_FILE`/g)].map(
      ([, name]) => name ?? "",
    );
    expect([...new Set(listed)].toSorted()).toEqual([...secretVariables].toSorted());
  });
});
