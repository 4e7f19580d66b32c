import { afterEach, describe, expect, it, vi } from "vitest";
import { copyText } from "./copy-text";

describe("copying a text", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    Reflect.deleteProperty(document, "execCommand");
  });

  function withCommand(works: boolean) {
    const copied: string[] = [];
    const execCommand = () => {
      const field = document.activeElement;
      if (field instanceof HTMLTextAreaElement)
        copied.push(field.value.slice(field.selectionStart, field.selectionEnd));
      return works;
    };
    Object.defineProperty(document, "execCommand", { value: execCommand, configurable: true });
    return copied;
  }

  it("asks the clipboard where there is one", async () => {
    const writeText = vi.fn(async () => {});
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    await copyText("a secret");
    expect(writeText).toHaveBeenCalledWith("a secret");
  });

  it("works without TLS, and leaves nothing behind", async () => {
    vi.stubGlobal("navigator", {});
    const copied = withCommand(true);
    await copyText("a secret");
    expect(copied).toEqual(["a secret"]);
    expect(document.querySelector("textarea")).toBeNull();
  });

  it("tells if nothing was copied", async () => {
    vi.stubGlobal("navigator", {});
    withCommand(false);
    await expect(copyText("a secret")).rejects.toThrow();
    expect(document.querySelector("textarea")).toBeNull();
  });
});
