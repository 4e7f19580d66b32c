/** Something that is done on the server: once at a time, and what went wrong stands where it was asked for. */

import { useEffect, useState } from "react";
import { ApiError } from "~/api/client";
import { useSessionEnded } from "~/app/ended";
import { Alert } from "~/ui/patternfly/Alert";
import { useErrorText } from "./states";

function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

/** Runs an action once at a time and keeps what went wrong. */
export function useAction<A extends unknown[]>(action: (...args: A) => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isEnded = useSessionEnded();
  // Who has signed in again is not told any longer that he has not.
  useEffect(() => {
    if (!isEnded) setError((now: unknown) => (isSignedOut(now) ? null : now));
  }, [isEnded]);
  const run = async (...args: A) => {
    setBusy(true);
    setError(null);
    try {
      await action(...args);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, error };
}

export function ActionError({ error }: { error: unknown }) {
  const text = useErrorText();
  if (!error) return null;
  return <Alert isInline isLiveRegion variant="danger" title={text(error)} />;
}
