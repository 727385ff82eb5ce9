/** An event as POST /api/v1/events takes it. */
export interface DemoEvent {
  type: string;
  source: string;
  payload: Record<string, unknown>;
}
