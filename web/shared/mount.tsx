import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Refused } from "./ask.ts";
import { LanguageProvider } from "./language.tsx";

/** A person waits for so many attempts at a read, and no more. */
const RETRIES_MAX = 2;

/** Puts a page on the screen. */
export function mount(page: ReactNode): void {
  const root = document.querySelector("#root");
  if (!root) throw new Error("The page has no #root.");
  const client = new QueryClient({
    defaultOptions: { queries: { retry: isWorthRepeating, staleTime: 5000 } },
  });
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <QueryClientProvider client={client}>{page}</QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  );
}

function isWorthRepeating(failures: number, error: unknown): boolean {
  const passing = ["unreachable", "overloaded", "stopping", "too_many_requests"];
  return failures < RETRIES_MAX && error instanceof Refused && passing.includes(error.code);
}
