/** How long what was read holds, and when it is asked for again. */

import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "~/api/client";

/** How long an answer is taken for what is, in milliseconds; a refusal, too. */
const FRESH = 5_000;

export function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // What the server refuses it refuses again; what did not reach it may the next time.
        retry: (count, error) =>
          count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
        staleTime: FRESH,
        // What a route asked for early and was refused is not asked for once more by its page.
        retryOnMount: ({ state }) => Date.now() - state.errorUpdatedAt > FRESH,
      },
    },
  });
}
