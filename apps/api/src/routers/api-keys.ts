import {
  apiKeyPageSchema,
  apiKeySchema,
  createApiKeyInputSchema,
  listApiKeysInputSchema,
  newApiKeySchema,
  rotateApiKeyInputSchema,
} from "@tocsin/contracts/api/api-keys";
import { idParametersSchema } from "@tocsin/contracts/api/common";
import { createApiKey } from "@tocsin/core/api-keys/create-api-key";
import { getApiKey } from "@tocsin/core/api-keys/get-api-key";
import { listApiKeys } from "@tocsin/core/api-keys/list-api-keys";
import { revokeApiKey } from "@tocsin/core/api-keys/revoke-api-key";
import { rotateApiKey } from "@tocsin/core/api-keys/rotate-api-key";
import { z } from "zod";
import { procedure, router } from "../trpc/init.ts";

const tags = ["API keys"];

export const apiKeysRouter = router({
  create: procedure("api-keys:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/api-keys",
        tags,
        summary: "Create an API key",
        description:
          "For a machine. The answer holds its secret, which is shown this once. A key is given no scope that its maker lacks.",
      },
      successStatus: 201,
      location: "/api-keys/{id}",
      answerIsNotKept: true,
    })
    .input(createApiKeyInputSchema)
    .output(newApiKeySchema)
    .mutation(({ ctx, input }) => createApiKey(ctx.verb, input)),

  list: procedure("api-keys:manage")
    .meta({
      openapi: {
        method: "GET",
        path: "/api-keys",
        tags,
        summary: "List API keys",
        description: "All API keys, newest first; those that have ended too.",
      },
    })
    .input(listApiKeysInputSchema)
    .output(apiKeyPageSchema)
    .query(({ ctx, input }) => listApiKeys(ctx.verb, input)),

  get: procedure("api-keys:manage")
    .meta({
      openapi: {
        method: "GET",
        path: "/api-keys/{id}",
        tags,
        summary: "Get an API key",
        description: "One API key, also where it has ended. Its secret is shown nowhere.",
      },
    })
    .input(idParametersSchema)
    .output(apiKeySchema)
    .query(({ ctx, input }) => getApiKey(ctx.verb, input)),

  rotate: procedure("api-keys:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/api-keys/{id}/rotate",
        tags,
        summary: "Rotate an API key",
        description:
          "Gives it a new secret, shown this once. The present secret lives on for the grace period; one from an earlier rotation ends now.",
      },
      answerIsNotKept: true,
    })
    .input(rotateApiKeyInputSchema)
    .output(newApiKeySchema)
    .mutation(({ ctx, input }) => rotateApiKey(ctx.verb, input)),

  revoke: procedure("api-keys:manage")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/api-keys/{id}",
        tags,
        summary: "Revoke an API key",
        description: "Within 5 seconds it is taken nowhere any more, for good. It stays readable.",
      },
      successStatus: 204,
    })
    .input(idParametersSchema)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeApiKey(ctx.verb, input)),
});
