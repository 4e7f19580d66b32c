import { act, renderHook } from "@testing-library/react";
import { useForm } from "react-hook-form";
import { expect, it } from "vitest";
import { useFollowed } from "./follow";

const BEFORE = { name: "shop", open: false, ids: ["a", "b"] };

function follow() {
  const view = renderHook(
    ({ known }) => {
      const form = useForm({ defaultValues: known });
      useFollowed(form, known);
      for (const name of ["name", "open", "ids"] as const) form.register(name);
      return { form, isDirty: form.formState.isDirty, dirty: Object.keys(form.formState.dirtyFields) };
    },
    { initialProps: { known: BEFORE } },
  );
  return {
    now: () => view.result.current,
    values: () => view.result.current.form.getValues(),
    type: (name: "name" | "open" | "ids", value: string | boolean | string[]) =>
      act(() => view.result.current.form.setValue(name, value, { shouldDirty: true })),
    answer: (known: typeof BEFORE) => view.rerender({ known }),
    saved: () => act(() => view.result.current.form.resetDefaultValues(view.result.current.form.getValues())),
  };
}

it("keeps what was typed, and takes over the rest", () => {
  const { now, values, type, answer } = follow();
  type("name", "shopping");
  type("ids", ["b"]);
  answer({ name: "store", open: true, ids: ["a", "b", "c"] });
  expect(values()).toEqual({ name: "shopping", open: true, ids: ["b"] });
  expect(now()).toMatchObject({ isDirty: true, dirty: ["name", "ids"] });
  answer({ name: "mart", open: false, ids: [] });
  expect(values()).toEqual({ name: "shopping", open: false, ids: ["b"] });
});

it("goes back to the newest answer", () => {
  const { now, values, type, answer } = follow();
  type("ids", []);
  answer({ ...BEFORE, ids: ["c"] });
  act(() => now().form.reset());
  expect(values()).toEqual({ ...BEFORE, ids: ["c"] });
  expect(now()).toMatchObject({ isDirty: false, dirty: [] });
});

it("takes for unchanged what the server says as well", () => {
  const { now, values, type, answer } = follow();
  type("name", "store");
  answer({ ...BEFORE, name: "store" });
  expect(now()).toMatchObject({ isDirty: false, dirty: [] });
  answer({ ...BEFORE, name: "mart" });
  expect(values().name).toBe("mart");
});

it("follows again once it is saved, but for what was typed since", () => {
  const { now, values, type, answer, saved } = follow();
  type("name", "store ");
  type("ids", ["c"]);
  saved();
  type("open", true);
  expect(now()).toMatchObject({ isDirty: true, dirty: ["open"] });
  answer({ ...BEFORE, name: "store", ids: ["c", "d"] });
  expect(values()).toEqual({ name: "store", open: true, ids: ["c", "d"] });
});
