import { cutText } from "@tocsin/rules-dsl";

/** What a notification may say; longer texts are cut, never refused. Code points. */
const limits = { title: 255, message: 4000 } as const;

/** What a notification says. */
interface Texts {
  title: string;
  message: string;
  /** One of them was cut. */
  truncated: boolean;
}

/** The texts of a notification as its table and every reader take them. */
export function fitTexts<Some extends Texts>(some: Some): Some {
  const title = cutText(some.title, limits.title);
  const message = cutText(some.message, limits.message);
  const isCut = title !== some.title || message !== some.message;
  return { ...some, title, message, truncated: some.truncated || isCut };
}
