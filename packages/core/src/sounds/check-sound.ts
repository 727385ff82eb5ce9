import { maximumSoundBytes, type SoundType } from "@tocsin/contracts/api/sounds";
import { DomainError } from "@tocsin/contracts/errors";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import { fileTypeFromBuffer } from "file-type";
import { findMpegFault } from "./mpeg-audio.ts";
import { findOggFault } from "./ogg-audio.ts";
import { findWavFault } from "./wav-audio.ts";

/** What a sound is. */
export interface SoundFormat {
  contentType: SoundType;
  /** With its dot. */
  extension: string;
}

interface KnownFormat extends SoundFormat {
  findFault: (content: Buffer) => string | undefined;
}

/** By the type that the first bytes tell of. What carries video has other types. */
const formats: Readonly<Record<string, KnownFormat>> = {
  "audio/mpeg": { contentType: "audio/mpeg", extension: ".mp3", findFault: findMpegFault },
  "audio/ogg": { contentType: "audio/ogg", extension: ".ogg", findFault: findOggFault },
  "audio/wav": { contentType: "audio/wav", extension: ".wav", findFault: findWavFault },
};

/**
 * Judges a file by its content, to the last byte: what it is called does not matter, and what is a sound at its
 * beginning only, or not to its end, is none.
 * @throws DomainError VALIDATION_FAILED where it is empty, PAYLOAD_TOO_LARGE, UNPLAYABLE_SOUND
 */
export async function checkSound(content: Buffer): Promise<SoundFormat> {
  if (content.length === 0) throw invalidAt(["file"], "The file is empty", "too_small");
  if (content.length > maximumSoundBytes) {
    throw new DomainError("PAYLOAD_TOO_LARGE", {
      detail: `A sound may have at most ${maximumSoundBytes} bytes`,
    });
  }
  // As in "audio/ogg; codecs=opus".
  const [type = ""] = (await fileTypeFromBuffer(content))?.mime.split(";") ?? [];
  const format = formats[type];
  if (!format) {
    throw unplayable(`The file is ${type === "" ? "nothing that is known" : type}, not MP3, Ogg or WAV`);
  }
  const fault = format.findFault(content);
  if (fault !== undefined) throw unplayable(fault);
  return { contentType: format.contentType, extension: format.extension };
}

function unplayable(message: string): DomainError {
  return new DomainError("UNPLAYABLE_SOUND", { detail: message, errors: [{ pointer: "/file", message }] });
}
