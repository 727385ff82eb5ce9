/** An event of a history. */
export interface ModelEvent {
  id: string;
  action: "trigger" | "acknowledge" | "resolve";
  /** Milliseconds. */
  receivedAt: number;
  dedupKey: string | null;
  /** The rules that match it, by name. */
  rules: readonly string[];
  /** A silence holds for it. */
  isSilenced: boolean;
}

/** A rule, as far as the gates look at it. Times in milliseconds. */
export interface ModelRule {
  name: string;
  recipients: readonly string[];
  dedupWindow: number;
  stormLimit: number;
  stormWindow: number;
}

/** A notification, told apart by what it answers to. */
export interface ModelNotification {
  rule: string;
  recipients: readonly string[];
  occurrences: number;
  isResolved: boolean;
  isAcknowledged: boolean;
}

interface ModelAlert extends ModelNotification {
  event: ModelEvent;
}

/**
 * What the pipeline is to do, one event after the other, in memory and without any of its machinery: no database, no
 * batches of statements, no locks. The tests hold the pipeline against it.
 */
export class PipelineModel {
  /** By the key that a notification's sourceKey has, storms under their rule's name. */
  readonly notifications = new Map<string, ModelNotification>();
  /** By `{rule} {event}`: what was decided, and the key of the notification that it went into. */
  readonly decisions = new Map<string, { outcome: string; reason: string; notification: string | null }>();
  readonly #rules: ReadonlyMap<string, ModelRule>;
  readonly #processed = new Set<string>();
  readonly #windows = new Map<string, { alert: string; end: number }>();
  /** When the event came that began the storm of a rule. */
  readonly #stormy = new Map<string, number>();
  /** How many alerts may still be raised for events that came before the storm of a rule, which overtook them. */
  #room = new Map<string, number>();
  readonly #markers = new Map<string, { resolve?: ModelEvent; acknowledge?: ModelEvent }>();
  #counts = new Map<string, { member: string; place: number }[]>();

  constructor(rules: readonly ModelRule[]) {
    this.#rules = new Map(rules.map((rule) => [rule.name, rule]));
  }

  /** The last dedup window of each group of each rule, by `{rule} {group}`. */
  get windows(): ReadonlyMap<string, { alert: string; end: number }> {
    return this.#windows;
  }

  /** Who has which place in the storm window of each rule. */
  get counts(): ReadonlyMap<string, readonly { member: string; place: number }[]> {
    return this.#counts;
  }

  /** Redis has forgotten everything. */
  loseCounts(): void {
    this.#counts = new Map();
  }

  /** The places in the storm windows of what can only alert are taken, whether the batch is committed or not. */
  count(batch: readonly ModelEvent[]): Map<string, number> {
    const ranks = new Map<string, number>();
    for (const event of inOrder(batch)) {
      if (event.action !== "trigger" || event.isSilenced || event.dedupKey !== null) continue;
      for (const rule of this.#rulesOf(event)) ranks.set(`${rule.name} ${event.id}`, this.#rank(rule, event));
    }
    return ranks;
  }

  /** Once the batch holds its locks: the places of what has a key and would alert, were there no storms. */
  countFoldable(batch: readonly ModelEvent[]): Map<string, number> {
    const events = inOrder(batch).filter(({ id }) => !this.#processed.has(id));
    return new Map(
      this.#alerting(events).map(({ rule, event }) => [`${rule.name} ${event.id}`, this.#rank(rule, event)]),
    );
  }

  /** The windows as what resolves alerts among these events leaves them. */
  #windowsAfter(resolving: readonly ModelEvent[]): Map<string, { alert: string; end: number }> {
    const windows = new Map(Array.from(this.#windows, ([key, window]) => [key, { ...window }]));
    for (const by of resolving) {
      for (const [key, alert] of this.notifications) {
        if (!isAlert(alert) || alert.isResolved) continue;
        if (alert.event.dedupKey !== by.dedupKey || !isBefore(alert.event, by)) continue;
        for (const window of windows.values())
          if (window.alert === key) window.end = Math.min(window.end, by.receivedAt);
      }
    }
    return windows;
  }

  /** What would alert, were there no storms. Changes nothing. */
  #alerting(events: readonly ModelEvent[]): { rule: ModelRule; event: ModelEvent }[] {
    const endings = events.filter(({ action, dedupKey }) => action !== "trigger" && dedupKey !== null);
    const windows = this.#windowsAfter(endings.filter(({ action }) => action === "resolve"));
    const isOver = (event: ModelEvent, action: "resolve" | "acknowledge") => {
      const marker = this.#markers.get(event.dedupKey ?? "")?.[action];
      const known = marker ? [marker] : [];
      return [...known, ...endings].some(
        (by) => by.action === action && by.dedupKey === event.dedupKey && isBefore(event, by),
      );
    };
    const alerting: { rule: ModelRule; event: ModelEvent }[] = [];
    for (const event of events) {
      if (event.action !== "trigger" || event.isSilenced || event.dedupKey === null) continue;
      if (isOver(event, "resolve")) continue;
      for (const rule of this.#rulesOf(event)) {
        const group = groupOf(rule, event);
        const window = group === null ? undefined : windows.get(`${rule.name} ${group}`);
        const isSeenTo = isOver(event, "acknowledge");
        if (!isSeenTo && window && event.receivedAt < window.end) continue;
        if (!isSeenTo) alerting.push({ rule, event });
        const end = event.receivedAt + rule.dedupWindow;
        if (group !== null && (window?.end ?? 0) <= end)
          windows.set(`${rule.name} ${group}`, { alert: event.id, end });
      }
    }
    return alerting;
  }

  /** A batch is committed. */
  commit(batch: readonly ModelEvent[], ranks: ReadonlyMap<string, number>): void {
    const events = inOrder(batch).filter(({ id }) => !this.#processed.has(id));
    for (const event of events) this.#mark(event);
    for (const event of events) this.#end(event);
    this.#room = new Map(
      Array.from(this.#stormy, ([rule, openedAt]) => [rule, this.#roomOf(rule, openedAt)]),
    );
    for (const event of events) {
      this.#processed.add(event.id);
      if (event.action !== "trigger") continue;
      for (const rule of this.#rulesOf(event))
        this.#decide(rule, event, ranks.get(`${rule.name} ${event.id}`) ?? 1);
    }
  }

  #roomOf(name: string, openedAt: number): number {
    const { stormLimit = 0, stormWindow = 0 } = this.#rules.get(name) ?? {};
    const raised = [...this.notifications.values()].filter(
      (one) =>
        isAlert(one) &&
        one.rule === name &&
        one.event.receivedAt > openedAt - stormWindow &&
        one.event.receivedAt <= openedAt,
    );
    return Math.max(0, stormLimit - raised.length);
  }

  #rulesOf(event: ModelEvent): ModelRule[] {
    return event.rules.flatMap((name) => this.#rules.get(name) ?? []);
  }

  #rank(rule: ModelRule, event: ModelEvent): number {
    const horizon = event.receivedAt - 2 * rule.stormWindow;
    const members = (this.#counts.get(rule.name) ?? []).filter(({ place }) => place >= horizon);
    const name = event.id;
    let own = members.find(({ member }) => member === name);
    if (!own) {
      const sameTime = members.filter(({ place }) => Math.floor(place) === event.receivedAt).length;
      own = { member: name, place: event.receivedAt + sameTime / 1024 };
      members.push(own);
    }
    this.#counts.set(rule.name, members);
    const { place } = own;
    return members.filter((other) => other.place > place - rule.stormWindow && other.place <= place).length;
  }

  #mark(event: ModelEvent): void {
    if (event.action === "trigger" || event.dedupKey === null) return;
    const marker = this.#markers.get(event.dedupKey) ?? {};
    const known = marker[event.action];
    if (!known || isBefore(known, event)) marker[event.action] = event;
    this.#markers.set(event.dedupKey, marker);
  }

  /** A resolve or acknowledge event ends the alerts of its key that came before it. */
  #end(by: ModelEvent): void {
    if (by.action === "trigger" || by.dedupKey === null) return;
    for (const [key, alert] of this.notifications) {
      if (!isAlert(alert) || alert.event.dedupKey !== by.dedupKey || !isBefore(alert.event, by)) continue;
      if (by.action === "acknowledge") {
        // What is resolved needs nobody any more.
        if (!alert.isResolved) alert.isAcknowledged = true;
      } else if (!alert.isResolved) {
        alert.isResolved = true;
        this.#closeWindow(key, by);
        this.notifications.set(`resolved:${key}`, {
          ...{ rule: alert.rule, recipients: alert.recipients, occurrences: 1 },
          ...{ isResolved: false, isAcknowledged: false },
        });
      }
    }
  }

  #closeWindow(alert: string, by: ModelEvent): void {
    for (const window of this.#windows.values()) {
      if (window.alert === alert) window.end = Math.min(window.end, by.receivedAt);
    }
  }

  #decide(rule: ModelRule, event: ModelEvent, rank: number): void {
    const record = (outcome: string, reason: string, notification: string | null) =>
      this.decisions.set(`${rule.name} ${event.id}`, { outcome, reason, notification });
    if (event.isSilenced) return void record("silenced", "silenced", null);

    const alert = `alert:${rule.name}:${event.id}`;
    const group = groupOf(rule, event);
    const marker = event.dedupKey === null ? undefined : this.#markers.get(event.dedupKey);
    if (marker?.resolve && isBefore(event, marker.resolve)) {
      this.#alert(alert, rule, event, { isResolved: true, isAcknowledged: false });
      return void record("alerted", "resolved_before", alert);
    }
    if (marker?.acknowledge && isBefore(event, marker.acknowledge)) {
      this.#alert(alert, rule, event, { isResolved: false, isAcknowledged: true });
      this.#openWindow(group, alert, rule, event);
      return void record("alerted", "acknowledged_before", alert);
    }
    const window = group === null ? undefined : this.#windows.get(`${rule.name} ${group}`);
    if (window && event.receivedAt < window.end) {
      const open = this.notifications.get(window.alert);
      if (open) open.occurrences += 1;
      return void record("deduplicated", "group_open", window.alert);
    }
    const notice = `storm:${rule.name}`;
    const openedAt = this.#stormy.get(rule.name);
    const room = this.#room.get(rule.name) ?? 0;
    if (openedAt !== undefined) {
      const isOvertaken = event.receivedAt <= openedAt && rank <= rule.stormLimit;
      if (!isOvertaken || room === 0) return void record("suppressed", "storm_open", null);
      this.#room.set(rule.name, room - 1);
    } else if (rank > rule.stormLimit) {
      this.#stormy.set(rule.name, event.receivedAt);
      this.notifications.set(notice, {
        ...{ rule: rule.name, recipients: rule.recipients, occurrences: 1 },
        ...{ isResolved: false, isAcknowledged: false },
      });
      return void record("suppressed", "storm_opened", notice);
    }
    this.#alert(alert, rule, event, { isResolved: false, isAcknowledged: false });
    this.#openWindow(group, alert, rule, event);
    record("alerted", "new_alert", alert);
  }

  #alert(
    key: string,
    rule: ModelRule,
    event: ModelEvent,
    state: Pick<ModelAlert, "isResolved" | "isAcknowledged">,
  ): void {
    const alert: ModelAlert = {
      rule: rule.name,
      event,
      recipients: rule.recipients,
      occurrences: 1,
      ...state,
    };
    this.notifications.set(key, alert);
  }

  #openWindow(group: string | null, alert: string, rule: ModelRule, event: ModelEvent): void {
    if (group === null) return;
    const end = event.receivedAt + rule.dedupWindow;
    if ((this.#windows.get(`${rule.name} ${group}`)?.end ?? 0) > end) return;
    this.#windows.set(`${rule.name} ${group}`, { alert, end });
  }
}

function groupOf(rule: ModelRule, event: ModelEvent): string | null {
  return rule.dedupWindow > 0 ? event.dedupKey : null;
}

function isBefore(a: ModelEvent, b: ModelEvent): boolean {
  return a.receivedAt < b.receivedAt || (a.receivedAt === b.receivedAt && a.id < b.id);
}

function inOrder(events: readonly ModelEvent[]): ModelEvent[] {
  return events.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function isAlert(notification: ModelNotification): notification is ModelAlert {
  return "event" in notification;
}
