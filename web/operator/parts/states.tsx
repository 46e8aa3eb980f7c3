import type { ReactNode } from "react";
import { Failure, Loading } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { shell } from "../texts/shell.ts";

/** What is asked of the service, or put together from several answers. */
interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => Promise<unknown>;
}

/** What was asked for, once it is there; until then that it comes, or why it does not. */
export function Loaded<Data>({
  query,
  children,
}: {
  readonly query: Asked<Data>;
  readonly children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null)
    return <Failure error={query.error} again={() => void query.refetch()} />;
  return <Loading />;
}

/** There is nothing, why, and what to do about it. */
export function Empty(of: { readonly title?: string; readonly children?: ReactNode }) {
  const words = useWords(shell);
  return (
    <div className="empty">
      <h2>{of.title ?? words.nothing}</h2>
      {of.children}
    </div>
  );
}
