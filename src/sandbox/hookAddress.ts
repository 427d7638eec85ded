export const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
const isNumeric = ({ hostname }: URL): boolean => hostname.startsWith('[') || /^[\d.]+$/.test(hostname);

/** Whether an address may stand in an order: https of a domain on port 443 or 8443, as the real one has it, or anything on loopback. */
export function isTakenHook(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (isLoopback(url)) return ['http:', 'https:'].includes(url.protocol);
  return url.protocol === 'https:' && !isNumeric(url) && ['', '8443'].includes(url.port);
}
