/** A header field whose name is in lower case. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

const valued: readonly string[] = [
  ':authority',
  ':method GET',
  ':method POST',
  ':path /',
  ':path /index.html',
  ':scheme http',
  ':scheme https',
  ':status 200',
  ':status 204',
  ':status 206',
  ':status 304',
  ':status 400',
  ':status 404',
  ':status 500',
  'accept-charset',
  'accept-encoding gzip, deflate',
];

const named =
  'accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control content-disposition content-encoding content-language ' +
  'content-length content-location content-range content-type cookie date etag expect expires from host if-match if-modified-since if-none-match if-range ' +
  'if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie ' +
  'strict-transport-security transfer-encoding user-agent vary via www-authenticate';

/**
 * The fields that every HTTP/2 peer knows, 61 of them: the first has the index 1.
 * @source RFC 7541, Appendix A
 */
export const staticTable: readonly HeaderField[] = [...valued, ...named.split(' ')].map((text) => {
  const at = text.indexOf(' ');
  return at < 0
    ? { name: text, value: '' }
    : { name: text.slice(0, at), value: text.slice(at + 1) };
});
