import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "../../shared/controls.tsx";
import { Failure, Loading } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { shell } from "../texts/shell.ts";

interface PageOf<One> {
  readonly items: readonly One[];
  readonly next: string | null;
}

/**
 * A list that is asked page after page:
 * `useList(["people", id], (page) => assent.listPeople({ collection: id, ...page }))`.
 */
export function useList<One>(
  key: readonly unknown[],
  ask: (page: { readonly cursor?: string }) => Promise<PageOf<One>>,
  options: { readonly refetchMs?: number | false; readonly enabled?: boolean } = {},
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ pageParam }) => ask(pageParam === null ? {} : { cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: options.refetchMs ?? false,
    enabled: options.enabled ?? true,
  });
  const items = query.data?.pages.flatMap((page) => page.items);
  return { ...query, items };
}

/** A list's states around its items: on its way, failed, empty, more to come. */
export function Listed<One>(of: {
  readonly list: ReturnType<typeof useList<One>>;
  readonly empty: ReactNode;
  readonly children: (items: readonly One[]) => ReactNode;
}) {
  const words = useWords(shell);
  const { list } = of;
  if (list.items === undefined) {
    return list.error ? (
      <Failure error={list.error} again={() => void list.refetch()} />
    ) : (
      <Loading />
    );
  }
  if (list.items.length === 0) return <>{of.empty}</>;
  return (
    <>
      {of.children(list.items)}
      {list.error ? <Failure error={list.error} again={() => void list.refetch()} /> : null}
      {list.hasNextPage ? (
        <Button
          look="second"
          busy={list.isFetchingNextPage}
          onPress={() => void list.fetchNextPage()}
        >
          {words.more}
        </Button>
      ) : null}
    </>
  );
}
