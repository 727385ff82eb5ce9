import { idParametersSchema, okSchema } from "@tocsin/contracts/api/common";
import {
  deviceListSchema,
  deviceSchema,
  pushTokensInputSchema,
  registerDeviceInputSchema,
} from "@tocsin/contracts/api/devices";
import { profileSchema } from "@tocsin/contracts/api/users";
import { listDevices } from "@tocsin/core/devices/list-devices";
import { registerDevice } from "@tocsin/core/devices/register-device";
import { removeDevice } from "@tocsin/core/devices/remove-device";
import { setPushTokens } from "@tocsin/core/devices/set-push-tokens";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Devices"];

export const devicesRouter = router({
  list: procedure("authenticated")
    .meta({
      openapi: {
        method: "GET",
        path: "/users/me/devices",
        tags,
        summary: "List my devices",
        description: "The caller's phones and tablets, the one seen last first.",
      },
    })
    .output(deviceListSchema)
    .query(({ ctx }) => listDevices(ctx.verb)),

  register: procedure("authenticated")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/me/devices",
        tags,
        summary: "Register a device",
        description:
          "Push notifications reach it from now on. Send it at each start of the app; a token belongs to one user at a time. At most 20 are in use: then those not seen for longest stop.",
      },
      successStatus: 201,
    })
    .input(registerDeviceInputSchema)
    .output(deviceSchema)
    .mutation(({ ctx, input }) => registerDevice(ctx.verb, input)),

  remove: procedure("authenticated")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/users/me/devices/{id}",
        tags,
        summary: "Remove one of my devices",
        description: "It gets no push notifications any more, until its app registers it again.",
      },
      successStatus: 204,
    })
    .input(idParametersSchema)
    .output(okSchema)
    .mutation(async ({ ctx, input }) => {
      await removeDevice(ctx.verb, input);
      return { ok: true } as const;
    }),

  setPushTokens: procedure("authenticated")
    .meta({
      openapi: {
        method: "PUT",
        path: "/users/me/push-tokens",
        tags,
        summary: "Set my push tokens",
        description:
          "For each platform: a token registers the device, null stops all of the caller's, an absent field leaves things as they are.",
      },
    })
    .input(pushTokensInputSchema)
    .output(profileSchema)
    .mutation(({ ctx, input }) => setPushTokens(ctx.verb, input)),
});
