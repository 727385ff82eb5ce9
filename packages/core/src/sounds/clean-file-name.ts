import { invalidAt } from "@tocsin/contracts/validation-failed";
import { cutText } from "@tocsin/rules-dsl";

/** The most that a name has, its extension too. Characters. */
export const maximumNameLength = 100;

/** Folders, however they are written. */
const folders = /^.*(?:[/\\]|%2f|%5c)/is;

/** What people write names in; combining marks belong to the letters before them. */
const notOfAName = /[^\p{L}\p{M}\p{N} ._()-]+/gu;

const soundExtension = /\.(?:mp3|mp2|mpga|ogg|oga|opus|wav|wave)$/i;

/**
 * The name that a sound is known by: that of its file, without folders and without characters that mean something to
 * file systems, shells, headers or eyes, and with the extension of what it is.
 * @throws DomainError VALIDATION_FAILED where nothing is left of it
 */
export function cleanFileName(fileName: string, extension: string): string {
  const stem = fileName
    .toWellFormed()
    .normalize("NFC")
    .replace(folders, "")
    // Escapes that browsers make of quotes, line ends and the like, and what does not belong into a name.
    .replaceAll(/%[0-9a-f]{2}/gi, "")
    .replaceAll(notOfAName, "")
    .replaceAll(/ {2,}/g, " ")
    .trim()
    .replace(soundExtension, "")
    .replaceAll(/^[ ._-]+|[ .]+$/g, "");
  const characters = cutText(stem, maximumNameLength - extension.length).trimEnd();
  if (characters === "")
    throw invalidAt(["file"], "The file needs a name of letters or digits", "invalid_name");
  return characters + extension;
}
