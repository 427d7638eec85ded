import { describe, expect, it } from 'vitest';
import { isPrivate, literalAddress, PrivateAddress, publicLookup } from '../../src/media/address.ts';

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:10.0.0.1',
    '::10.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:1::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'localhost',
    '',
  ])('%j is private', (address) => {
    expect(isPrivate(address)).toBe(true);
  });

  it.each([
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '169.253.0.1',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('%s is public', (address) => {
    expect(isPrivate(address)).toBe(false);
  });

  it.each([
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['http://localhost/', undefined],
  ])('%s names %s', (url, address) => {
    expect(literalAddress(new URL(url))).toBe(address);
  });
});

describe('the resolver', () => {
  const resolve = (all: boolean): Promise<unknown> =>
    new Promise((done, fail) => {
      publicLookup('localhost', { all }, (error, address) => (error ? fail(error) : done(address)));
    });

  it.each([true, false])('gives out no private address (all: %s)', async (all) => {
    await expect(resolve(all)).rejects.toBeInstanceOf(PrivateAddress);
  });
});
