import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Refused } from "./ask.ts";
import { Boundary } from "./boundary.tsx";
import { LanguageProvider } from "./language.tsx";

/** A person waits for so many attempts at a read, and no more. */
const RETRIES_MAX = 2;

/** Puts a page on the screen; `onRefused` learns of every read that failed. */
export function mount(
  page: ReactNode,
  onRefused: (error: Error, client: QueryClient) => void = () => undefined,
): void {
  const root = document.querySelector("#root");
  if (!root) throw new Error("The page has no #root.");
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => onRefused(error, client) }),
    defaultOptions: { queries: { retry: isWorthRepeating, staleTime: 5000 } },
  });
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <QueryClientProvider client={client}>
          <Boundary>{page}</Boundary>
        </QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  );
}

function isWorthRepeating(failures: number, error: unknown): boolean {
  const passing = ["unreachable", "overloaded", "stopping", "too_many_requests"];
  return failures < RETRIES_MAX && error instanceof Refused && passing.includes(error.code);
}
