import { cutText } from "@tocsin/rules-dsl";
import { cleanLine, cleanText } from "./clean-text.ts";

/** What a notification may say; longer texts are cut, never refused. Code points. */
const limits = { title: 255, message: 4000 } as const;

/** What a notification says. */
interface Texts {
  title: string;
  message: string;
  /** One of them was cut. */
  truncated: boolean;
}

/** The texts of a notification as its table takes them and every reader may be shown them. */
export function fitTexts<Some extends Texts>(some: Some): Some {
  const whole = { title: cleanLine(some.title), message: cleanText(some.message) };
  const title = cutText(whole.title, limits.title);
  const message = cutText(whole.message, limits.message);
  const isCut = title !== whole.title || message !== whole.message;
  return { ...some, title, message, truncated: some.truncated || isCut };
}
