import type { CallOptions } from "./calls.ts";

/** A page of a list, as the routes answer it. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/**
 * Every item of a list, page after page as they are wanted:
 * `for await (const person of each(assent.listPeople, { collection })) ...`
 */
export async function* each<Input extends { readonly cursor?: string | undefined }, Item>(
  list: (input: Input, options?: CallOptions) => Promise<Page<Item>>,
  input: Input,
  options: CallOptions = {},
): AsyncGenerator<Item> {
  for (let cursor = input.cursor; ;) {
    const page = await list({ ...input, ...(cursor === undefined ? {} : { cursor }) }, options);
    yield* page.items;
    if (page.next === null) return;
    cursor = page.next;
  }
}
