/** Control characters other than tab and line breaks, and those that turn the direction of what stands behind them. */
// eslint-disable-next-line no-control-regex
const unwanted = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/** Tabs and line breaks, however they are written. */
const breaks = /[\t\n\r\u2028\u2029]+/gu;

/** Nothing that anybody sees. */
const invisible = /^[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}]*$/u;

/** A text that events had a part in, as people may be shown it: well-formed, without what displays obey. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(unwanted, "");
}

/** The same for what stands in one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replaceAll(breaks, " ").trim();
}

/** Whether nobody would see anything of a text. */
export function isBlank(text: string): boolean {
  return invisible.test(text);
}
