import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { ApiError } from "~/api/client";
import { setEnded } from "~/app/ended";
import { useAction } from "./action";

afterEach(() => {
  cleanup();
  setEnded(false);
});

async function fail(error: ApiError) {
  const { result } = renderHook(() => useAction(() => Promise.reject(error)));
  await act(() => result.current.run());
  expect(result.current.error).toBe(error);
  return result;
}

it("does not say any longer that nobody is signed in once somebody is again", async () => {
  const result = await fail(new ApiError(401, "UNAUTHORIZED", "UnAuthorized", null));
  act(() => setEnded(true));
  expect(result.current.error).not.toBeNull();
  act(() => setEnded(false));
  expect(result.current.error).toBeNull();
});

it("keeps what else went wrong", async () => {
  const error = new ApiError(409, "CONFLICT", "it exists", null);
  const result = await fail(error);
  act(() => setEnded(true));
  act(() => setEnded(false));
  expect(result.current.error).toBe(error);
});
