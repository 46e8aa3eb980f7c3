/**
 * A text as it may be shown: control characters and those that turn the direction of writing are
 * replaced, for texts come from outside and none may disguise another. Line ends stay.
 */
export function shownText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/gu, "\n")
    .replaceAll("\t", " ")
    .replaceAll(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, "\u{fffd}");
}
