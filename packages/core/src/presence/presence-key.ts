/** A sorted set of the people who have a screen open, scored by the time until which that is believed. */
export const presenceKey = "tocsin:presence";

/** How long somebody counts as present after the last word of it. Milliseconds. */
export const presenceMs = 90_000;

const channelPattern = /^private-user-([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

/** Whose private channel it is; undefined for any other channel. */
export function userOfChannel(channel: string): string | undefined {
  return channelPattern.exec(channel)?.[1];
}
