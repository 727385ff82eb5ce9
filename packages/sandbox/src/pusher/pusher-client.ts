import pusherModule from "pusher-js";

// The package's types describe an export named default; in Node its CommonJS build exports the class itself.
/** The real pusher-js, with its type, for Node. */
export const PusherClient = pusherModule as unknown as typeof pusherModule.default;
/** A connection of the real pusher-js. */
export type PusherClient = InstanceType<typeof PusherClient>;
