import type { IClientPublishOptions, IPublishPacket } from 'mqtt';
import type { BusMessage, PublishOptions } from '../ports/bus.js';

type PublishProperties = NonNullable<IClientPublishOptions['properties']>;

/** Protocol 5 properties of one publish. */
export function publishProperties(options: PublishOptions): PublishProperties {
  return {
    ...(options.expirySeconds === undefined ? {} : { messageExpiryInterval: options.expirySeconds }),
    ...(options.userProperties === undefined ? {} : { userProperties: { ...options.userProperties } }),
    ...(options.contentType === undefined ? {} : { contentType: options.contentType }),
    ...(options.correlationData === undefined ? {} : { correlationData: Buffer.from(options.correlationData) }),
  };
}

/** The vendor's packet as a message of the port. */
export function toBusMessage(topic: string, payload: Uint8Array, packet: IPublishPacket): BusMessage {
  const { responseTopic, correlationData } = packet.properties ?? {};
  return {
    topic,
    payload,
    retain: packet.retain,
    qos: packet.qos,
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData }),
  };
}
