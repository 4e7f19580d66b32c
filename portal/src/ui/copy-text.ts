/** Puts a text into the clipboard, also where browsers keep that from pages: without TLS. */

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copySelected(text);
  }
}

/** The old way: by a field that nobody sees, in which all is selected. */
function copySelected(text: string): void {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.style.position = "fixed";
  field.style.opacity = "0";
  // A dialog takes the focus back from what is outside of it.
  (focused?.closest("[role=dialog]") ?? document.body).append(field);
  try {
    field.focus();
    field.select();
    if (!document.execCommand("copy")) throw new Error("the browser does not copy");
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
