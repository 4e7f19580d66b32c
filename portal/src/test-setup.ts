/** What tests need of a browser that jsdom does not have, and how long they wait. */

import { configure } from "@testing-library/react";

configure({ asyncUtilTimeout: 5000 });

globalThis.matchMedia = (media: string): MediaQueryList =>
  Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    addListener: () => {},
    removeListener: () => {},
  });
