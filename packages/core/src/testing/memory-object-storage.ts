import type { NewObject, ObjectStorage } from "@tocsin/platform/object-storage";

/** Objects in memory, for tests that are about something else than how they are stored. */
export interface MemoryObjectStorage extends ObjectStorage {
  readonly objects: ReadonlyMap<string, NewObject>;
}

export function createMemoryObjectStorage(): MemoryObjectStorage {
  const objects = new Map<string, NewObject>();
  return {
    objects,
    put: async (object) => void objects.set(object.key, object),
    delete: async (key) => void objects.delete(key),
    link: async (key) => ({ url: `https://objects.example.com/${key}`, expiresAt: new Date(4e12) }),
    close: () => undefined,
  };
}
