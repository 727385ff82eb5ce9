/** "durable" keeps what was committed through a crash of the machine; "throwaway" trades that for speed in tests. */
export type EngineProfile = "durable" | "throwaway";
