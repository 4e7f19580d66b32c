/** A translated text with parts in it that are shown in a way of their own: `<name/>` stands for each. */

import { Fragment, type ReactNode } from "react";

export function Sentence({ text, parts }: { text: string; parts: Record<string, ReactNode> }) {
  const pieces = text.split(/<(\w+)\s*\/>/).map((piece, index) => ({ key: index, piece }));
  // Every other piece is the name of a part.
  return pieces.map(({ key, piece }) => <Fragment key={key}>{key % 2 ? parts[piece] : piece}</Fragment>);
}
