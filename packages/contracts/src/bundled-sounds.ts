/** The sounds that every app brings along: a rule may name them without anybody having uploaded them. */
export const bundledSounds = [
  "alarm.mp3",
  "beep.mp3",
  "bell.mp3",
  "chime.mp3",
  "horn.mp3",
  "ping.mp3",
  "siren.mp3",
] as const;

/** Whether the apps bring a sound of this name along. */
export function isBundledSound(name: string): boolean {
  return (bundledSounds as readonly string[]).includes(name);
}
