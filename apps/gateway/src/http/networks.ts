import { BlockList, isIP } from 'node:net';
import { Recent } from '@runbin/platform/recent';

/** What the names of groups of addresses stand for. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** So many answers are kept: each request asks once or twice, and most come from few addresses. */
const ADDRESSES = 1_000;

/** A set of addresses. */
export class Networks {
  private readonly list = new BlockList();
  private readonly asked = new Recent<boolean>(ADDRESSES);

  /** @param networks addresses, networks, or names of groups of them */
  constructor(networks: readonly string[]) {
    for (const network of networks.flatMap((entry) => GROUPS[entry] ?? [entry])) {
      const [address = '', bits] = network.split('/');
      this.list.addSubnet(address, Number(bits ?? (isIP(address) === 6 ? 128 : 32)), familyOf(address));
    }
  }

  /** IPv4 addresses count in their IPv6 form, too; what is no address is in no network. */
  includes(address: string | undefined): boolean {
    if (address === undefined) return false;
    const known = this.asked.get(address);
    if (known !== undefined) return known;
    const isIncluded = isIP(address) > 0 && this.list.check(address, familyOf(address));
    this.asked.set(address, isIncluded, 1);
    return isIncluded;
  }
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
