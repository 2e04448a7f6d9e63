/**
 * Takes the place of `@smithy/core/event-streams` in the bundles, where it is 15 KB of each: no tool of ours opens an
 * event stream. A client may still be constructed; the first stream would fail by name.
 */
export const eventStreamSerdeProvider = () => ({});

/** As the SDK's own, for clients that have event streams among their operations. */
export const resolveEventStreamSerdeConfig = <Input extends object>(input: Input) =>
  Object.assign(input, { eventStreamMarshaller: {} });

export class EventStreamSerde {
  constructor() {
    throw new Error('Event streams are left out of the bundles: see scripts/build/no-event-streams.ts.');
  }
}
