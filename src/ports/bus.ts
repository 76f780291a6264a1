/** A message that came in. */
export interface BusMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retain: boolean;
  readonly qos: 0 | 1 | 2;
  /** Protocol 5 only. */
  readonly responseTopic?: string;
  readonly correlationData?: Uint8Array;
}

export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Protocol 5 only: seconds after which the broker drops it. */
  readonly expirySeconds?: number;
  /** Protocol 5 only. */
  readonly userProperties?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly correlationData?: Uint8Array;
}

/** `acknowledged` = PUBACK below 128 (QoS 0: written). `refused` = PUBACK ≥ 128. `lost` = the link fell first. */
export type PublishOutcome =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly code: number }
  | { readonly kind: 'lost'; readonly reason: string };

export interface BusStatus {
  readonly connected: boolean;
  /** Negotiated protocol of the present or last connection. */
  readonly protocol?: 4 | 5;
  /** min(20, CONNACK receiveMaximum or 20). */
  readonly window: number;
  readonly reconnects: number;
  /** Why the last attempt failed, as a sentence for a person. */
  readonly lastError?: string;
}

/** One MQTT broker. Never queues: a publish without a connection is `lost` at once. */
export interface Bus {
  /** Starts to connect and goes on for ever; an absent broker is no fault. */
  start(): void;
  publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<PublishOutcome>;
  subscribe(topics: readonly string[]): Promise<void>;
  unsubscribe(topics: readonly string[]): Promise<void>;
  status(): BusStatus;
  onConnected(listener: () => void): void;
  onDisconnected(listener: () => void): void;
  onMessage(listener: (message: BusMessage) => void): void;
  /** Another client took this client's id (session taken over). */
  onTakenOver(listener: () => void): void;
  /** Publishes nothing itself; ends the connection with DISCONNECT. */
  stop(): Promise<void>;
}
