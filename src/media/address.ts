import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The name or the address leads into a network that is not the public one. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';
}

// The special-purpose registries of IANA, but for what is reachable from everywhere.
const four = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
// Among them the forms that carry an IPv4 address inside: compatible, 6to4, Teredo, local NAT64.
const six = [
  '::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const closed = new BlockList();
for (const range of four) {
  const [net, bits] = range.split('/') as [string, string];
  closed.addSubnet(net, Number(bits), 'ipv4');
  // Public NAT64 is how hosts without IPv4 reach it: closed only where it leads to a closed range.
  closed.addSubnet(`64:ff9b::${net}`, 96 + Number(bits), 'ipv6');
}
for (const range of six) {
  const [net, bits] = range.split('/') as [string, string];
  closed.addSubnet(net, Number(bits), 'ipv6');
}

/** Whether an IPv4 or IPv6 address is private, local or otherwise not of the public network. What is no address counts as private. */
export function isPrivate(address: string): boolean {
  const [bare = ''] = address.split('%');
  const family = isIP(bare);
  return family === 0 || closed.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** The host of a URL as an address, without brackets; nothing where it is a name. */
export function literalAddress(url: URL): string | undefined {
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? undefined : bare;
}

/**
 * A resolver for `connect` that gives out public addresses alone: a name with a single private one is refused, and the
 * address that was checked is the one connected to.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isPrivate(address))) {
      return callback(new PrivateAddress('the name leads to a private address'), '');
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
