/** The token of an `Authorization: Bearer` header; undefined where there is none. RFC 6750, section 2.1 */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? "")?.[1];
}
