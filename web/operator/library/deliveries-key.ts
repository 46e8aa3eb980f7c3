/** What the deliveries of a collection are kept under, wherever they are shown. */
export function deliveriesKey(collection: string): readonly unknown[] {
  return ["deliveries", collection];
}
