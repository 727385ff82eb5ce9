/** A sorted set of the people who have a screen open, scored by the time until which that is believed. */
export const presenceKey = "tocsin:presence";
