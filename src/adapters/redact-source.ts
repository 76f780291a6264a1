/**
 * A camera address without its credentials: user and password before the host, and the password properties of a
 * GStreamer pipeline. What remains may be shown and logged.
 */
export function redactSource(source: string): string {
  return source
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s"'!]*@/gi, '$1')
    .replace(/\b((?:user-)?(?:pw|password|passwd|id|user|username|token|key))=("[^"]*"|'[^']*'|[^\s!&]+)/gi, '$1=…');
}
