import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';

const RUNNER = path.join(__dirname, '../..');
const DOCUMENT = path.join(__dirname, '../../../../docs/system-calls.md');

/**
 * What the filter decides about calls with these arguments, as C writes them. `allow`, `advice` (answers 0 and does nothing) or an errno.
 * The kernel that runs this test is not asked: it may lack what is refused, or refuse it for another reason.
 */
const DECISIONS: Record<string, [call: string, ...parameters: string[]][]> = {
  allow: [
    ['read'],
    ['write'],
    ['futex'],
    ['brk'],
    ['munmap'],
    ['openat'],
    ['clone', 'CLONE_VM | CLONE_VFORK | SIGCHLD'],
    [
      'clone',
      'CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS',
    ],
    ['socket', 'AF_UNIX', 'SOCK_STREAM'],
    ['socket', 'AF_UNIX', 'SOCK_DGRAM', 'PF_UNIX'],
    ['socket', 'AF_UNIX', 'SOCK_SEQPACKET | SOCK_CLOEXEC'],
    ['socket', 'AF_INET', 'SOCK_STREAM'],
    ['socket', 'AF_INET', 'SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC', 'IPPROTO_TCP'],
    ['socket', 'AF_INET', 'SOCK_DGRAM', 'IPPROTO_UDP'],
    ['socket', 'AF_INET6', 'SOCK_STREAM', 'IPPROTO_TCP'],
    ['socket', 'AF_INET6', 'SOCK_DGRAM | SOCK_CLOEXEC'],
    ['socketpair', 'AF_UNIX', 'SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK'],
    ['socketpair', 'AF_UNIX', 'SOCK_DGRAM'],
    ...[
      ...['REUSEADDR', 'REUSEPORT', 'KEEPALIVE', 'BROADCAST', 'LINGER', 'SNDBUF', 'RCVBUF', 'RCVLOWAT'],
      ...['RCVTIMEO_OLD', 'SNDTIMEO_OLD', 'RCVTIMEO_NEW', 'OOBINLINE', 'PRIORITY', 'PASSCRED', 'DONTROUTE'],
    ].map((name) => ['setsockopt', '3', 'SOL_SOCKET', `SO_${name}`] as [string, ...string[]]),
    ...['ERROR', 'TYPE', 'DOMAIN', 'PROTOCOL', 'PEERCRED', 'ACCEPTCONN', 'RCVBUF', 'KEEPALIVE'].map(
      (name) => ['getsockopt', '3', 'SOL_SOCKET', `SO_${name}`] as [string, ...string[]],
    ),
    ...[
      'NODELAY',
      'CORK',
      'KEEPIDLE',
      'KEEPINTVL',
      'KEEPCNT',
      'DEFER_ACCEPT',
      'QUICKACK',
      'USER_TIMEOUT',
    ].map((name) => ['setsockopt', '3', 'IPPROTO_TCP', `TCP_${name}`] as [string, ...string[]]),
    ['getsockopt', '3', 'IPPROTO_TCP', 'TCP_INFO'],
    ['getsockopt', '3', 'IPPROTO_TCP', 'TCP_MAXSEG'],
    ['setsockopt', '3', 'IPPROTO_IP', 'IP_TOS'],
    ['setsockopt', '3', 'IPPROTO_IP', 'IP_TTL'],
    ['setsockopt', '3', 'IPPROTO_IP', 'IP_PKTINFO'],
    ['setsockopt', '3', 'IPPROTO_IP', 'IP_MULTICAST_TTL'],
    ['setsockopt', '3', 'IPPROTO_IPV6', 'IPV6_V6ONLY'],
    ['getsockopt', '3', 'IPPROTO_IPV6', 'IPV6_V6ONLY'],
    ['setsockopt', '3', 'IPPROTO_IPV6', 'IPV6_TCLASS'],
    ['setsockopt', '3', 'IPPROTO_IPV6', 'IPV6_RECVPKTINFO'],
    ['sendto', '3', '0', '0', 'MSG_NOSIGNAL | MSG_DONTWAIT'],
    ['sendmsg', '3', '0', 'MSG_NOSIGNAL'],
    ...[
      ...['TCGETS', 'TCSETS', 'TCSETSW', 'TCSETSF', 'TCSBRK', 'TCFLSH', 'TCXONC', 'TIOCSCTTY', 'TIOCGPGRP'],
      ...[
        'TIOCSPGRP',
        'TIOCGWINSZ',
        'TIOCSWINSZ',
        'TIOCOUTQ',
        'TIOCNOTTY',
        'TIOCGSID',
        'TIOCGPTN',
        'TIOCSPTLCK',
      ],
      ...[
        'TIOCGPTPEER',
        'TCGETS2',
        'TCSETS2',
        'FIONREAD',
        'FIONBIO',
        'FIOCLEX',
        'FIONCLEX',
        'FIOASYNC',
        'TIOCPKT',
      ],
      ...[
        'SIOCATMARK',
        'SIOCGIFCONF',
        'SIOCGIFADDR',
        'SIOCGIFFLAGS',
        'SIOCGIFINDEX',
        'SIOCGIFHWADDR',
        'TCSBRKP',
      ],
    ].map((name) => ['ioctl', '3', name] as [string, ...string[]]),
    ...[
      ...['DUPFD', 'GETFD', 'SETFD', 'GETFL', 'SETFL', 'GETLK', 'SETLK', 'SETLKW', 'SETOWN', 'OFD_SETLK'],
      ...['DUPFD_CLOEXEC', 'SETPIPE_SZ', 'GETPIPE_SZ', 'ADD_SEALS', 'GET_SEALS'],
    ].map((name) => ['fcntl', '3', `F_${name}`] as [string, ...string[]]),
    ...[
      'SET_NAME',
      'GET_NAME',
      'SET_PDEATHSIG',
      'SET_DUMPABLE',
      'SET_NO_NEW_PRIVS',
      'SET_CHILD_SUBREAPER',
    ].map((name) => ['prctl', `PR_${name}`] as [string, ...string[]]),
    ['prctl', 'PR_GET_SECCOMP'],
    ['prctl', 'PR_CAPBSET_READ'],
    ['prctl', 'PR_SET_TIMERSLACK'],
    ...[
      'DONTNEED',
      'FREE',
      'HUGEPAGE',
      'NOHUGEPAGE',
      'DONTDUMP',
      'DODUMP',
      'DONTFORK',
      'SEQUENTIAL',
      'REMOVE',
    ].map((name) => ['madvise', '0', '4096', `MADV_${name}`] as [string, ...string[]]),
    ['madvise', '0', '4096', '102 /* MADV_GUARD_INSTALL */'],
    ['membarrier', 'MEMBARRIER_CMD_QUERY'],
    ['membarrier', 'MEMBARRIER_CMD_PRIVATE_EXPEDITED'],
    ['membarrier', 'MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED'],
    ['membarrier', 'MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE'],
    ['mmap', '0', '4096', '3', 'MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE'],
    ['memfd_create', '0', 'MFD_CLOEXEC | MFD_ALLOW_SEALING'],
    ['memfd_create', '0', 'MFD_CLOEXEC | 8 /* MFD_NOEXEC_SEAL */'],
    ['shmget', '0', '4096', 'IPC_CREAT | 0600'],
    ['msync', '0', '4096', 'MS_ASYNC'],
    ['personality', '0xffffffff'],
    ['setrlimit', 'RLIMIT_NOFILE'],
    ['prlimit64', '0', 'RLIMIT_CORE', '0'],
  ],
  advice: [
    ['fadvise64', '3', '0', '0', 'POSIX_FADV_DONTNEED'],
    ['readahead', '3'],
    ['sync'],
    ['syncfs', '3'],
    ['fsync', '3'],
    ['fdatasync', '3'],
    ['sync_file_range', '3'],
    ['msync', '0', '4096', 'MS_SYNC'],
    ['madvise', '0', '4096', 'MADV_WILLNEED'],
  ],
  ENOPROTOOPT: [
    ...[
      ...['ATTACH_FILTER', 'ATTACH_BPF', 'ATTACH_REUSEPORT_CBPF', 'ATTACH_REUSEPORT_EBPF', 'DETACH_FILTER'],
      ...['DETACH_REUSEPORT_BPF', 'LOCK_FILTER', 'TIMESTAMP_OLD', 'TIMESTAMPNS_OLD', 'TIMESTAMPING_OLD'],
      ...[
        'TIMESTAMP_NEW',
        'TIMESTAMPNS_NEW',
        'TIMESTAMPING_NEW',
        'MAX_PACING_RATE',
        'ZEROCOPY',
        'TXTIME',
        'BUSY_POLL',
      ],
      ...[
        'PREFER_BUSY_POLL',
        'MARK',
        'SNDBUFFORCE',
        'RCVBUFFORCE',
        'CNX_ADVICE',
        'INCOMING_CPU',
        'WIFI_STATUS',
      ],
    ].map((name) => ['setsockopt', '3', 'SOL_SOCKET', `SO_${name}`] as [string, ...string[]]),
    ...['COOKIE', 'NETNS_COOKIE', 'GET_FILTER', 'MEMINFO', 'INCOMING_NAPI_ID', 'PEERSEC'].map(
      (name) => ['getsockopt', '3', 'SOL_SOCKET', `SO_${name}`] as [string, ...string[]],
    ),
    ...[
      ...['ULP', 'CONGESTION', 'MD5SIG', 'MD5SIG_EXT', 'REPAIR', 'REPAIR_QUEUE', 'FASTOPEN', 'FASTOPEN_KEY'],
      ...['ZEROCOPY_RECEIVE', 'TX_DELAY', 'SAVE_SYN', 'INFO'],
    ].map((name) => ['setsockopt', '3', 'IPPROTO_TCP', `TCP_${name}`] as [string, ...string[]]),
    ...['ZEROCOPY_RECEIVE', 'ULP', 'CC_INFO', 'REPAIR_WINDOW'].map(
      (name) => ['getsockopt', '3', 'IPPROTO_TCP', `TCP_${name}`] as [string, ...string[]],
    ),
    ...[
      'ADD_MEMBERSHIP',
      'ADD_SOURCE_MEMBERSHIP',
      'MSFILTER',
      'OPTIONS',
      'HDRINCL',
      'XFRM_POLICY',
      'TRANSPARENT',
    ].map((name) => ['setsockopt', '3', 'IPPROTO_IP', `IP_${name}`] as [string, ...string[]]),
    ['setsockopt', '3', 'IPPROTO_IP', 'MCAST_JOIN_GROUP'],
    ['setsockopt', '3', 'IPPROTO_IP', '64 /* IPT_SO_SET_REPLACE */'],
    ['getsockopt', '3', 'IPPROTO_IP', '64 /* IPT_SO_GET_INFO */'],
    ['getsockopt', '3', 'IPPROTO_IP', '96 /* ARPT_SO_GET_INFO */'],
    ['getsockopt', '3', 'IPPROTO_IP', '128 /* EBT_SO_GET_INFO */'],
    ['getsockopt', '3', 'IPPROTO_IPV6', '64 /* IP6T_SO_GET_INFO */'],
    ...['ADD_MEMBERSHIP', 'ADDRFORM', 'XFRM_POLICY', 'RTHDR', 'HOPOPTS', 'DSTOPTS'].map(
      (name) => ['setsockopt', '3', 'IPPROTO_IPV6', `IPV6_${name}`] as [string, ...string[]],
    ),
    ['setsockopt', '3', 'IPPROTO_IPV6', '32 /* IPV6_FLOWLABEL_MGR */'],
    ['setsockopt', '3', 'IPPROTO_UDP', '100 /* UDP_ENCAP */'],
    ['setsockopt', '3', 'IPPROTO_UDP', '104 /* UDP_GRO */'],
    ...[
      '255 /* SOL_RAW */',
      '263 /* SOL_PACKET */',
      '270 /* SOL_NETLINK */',
      '279 /* SOL_ALG */',
      '282 /* SOL_TLS */',
    ].flatMap((level) => [
      ['setsockopt', '3', level, '1'] as [string, ...string[]],
      ['getsockopt', '3', level, '1'] as [string, ...string[]],
    ]),
    ['setsockopt', '3', '284 /* SOL_MPTCP */', '1'],
    ['setsockopt', '3', 'IPPROTO_SCTP', '1'],
  ],
  EPROTONOSUPPORT: [
    ['socket', 'AF_INET', 'SOCK_STREAM', '262 /* IPPROTO_MPTCP */'],
    ['socket', 'AF_INET6', 'SOCK_STREAM | SOCK_CLOEXEC', '262 /* IPPROTO_MPTCP */'],
    ['socket', 'AF_INET', 'SOCK_STREAM', 'IPPROTO_SCTP'],
    ['socket', 'AF_INET', 'SOCK_STREAM', '256 /* SMC of newer kernels */'],
    ['socket', 'AF_INET', 'SOCK_STREAM', 'IPPROTO_UDP'],
    ['socket', 'AF_INET', 'SOCK_DGRAM', 'IPPROTO_UDPLITE'],
    ['socket', 'AF_INET6', 'SOCK_DGRAM', 'IPPROTO_UDPLITE'],
    ['socket', 'AF_INET', 'SOCK_DGRAM', 'IPPROTO_ICMP'],
    ['socket', 'AF_INET6', 'SOCK_DGRAM', 'IPPROTO_ICMPV6'],
    ['socket', 'AF_INET', 'SOCK_DGRAM', '115 /* L2TP */'],
    ['socket', 'AF_UNIX', 'SOCK_STREAM', '6'],
    ['socketpair', 'AF_UNIX', 'SOCK_STREAM', '6'],
  ],
  ESOCKTNOSUPPORT: [
    ['socket', 'AF_INET', 'SOCK_SEQPACKET', 'IPPROTO_SCTP'],
    ['socket', 'AF_INET', 'SOCK_SEQPACKET'],
    ['socket', 'AF_INET', 'SOCK_DCCP', 'IPPROTO_DCCP'],
    ['socket', 'AF_INET', 'SOCK_RDM'],
    ['socket', 'AF_INET', 'SOCK_PACKET'],
    ['socket', 'AF_UNIX', 'SOCK_RDM'],
  ],
  EAFNOSUPPORT: [
    ...[
      ...[
        'AF_ALG',
        'AF_NETLINK',
        'AF_PACKET',
        'AF_VSOCK',
        'AF_BLUETOOTH',
        '44 /* AF_XDP */',
        'AF_TIPC',
        'AF_RXRPC',
      ],
      ...[
        'AF_KCM',
        'AF_CAN',
        'AF_KEY',
        '43 /* AF_SMC */',
        'AF_PPPOX',
        'AF_RDS',
        'AF_PHONET',
        'AF_NFC',
        'AF_AX25',
        '0',
      ],
    ].flatMap((family) => [
      ['socket', family, 'SOCK_SEQPACKET'] as [string, ...string[]],
      ['socketpair', family, 'SOCK_SEQPACKET'] as [string, ...string[]],
    ]),
  ],
  EOPNOTSUPP: [
    ['socketpair', 'AF_INET', 'SOCK_STREAM'],
    ['socketpair', 'AF_INET6', 'SOCK_DGRAM'],
    ['sendto', '3', '0', '1', 'MSG_OOB'],
    ['sendto', '3', '0', '1', 'MSG_NOSIGNAL | MSG_ZEROCOPY'],
    ['sendto', '3', '0', '1', 'MSG_FASTOPEN'],
    ['sendmsg', '3', '0', 'MSG_OOB'],
    ['sendmmsg', '3', '0', '1', 'MSG_OOB'],
  ],
  ENOTTY: [
    ...[
      'TIOCSETD',
      'TIOCCONS',
      'TIOCSSERIAL',
      'TIOCGSERIAL',
      'TIOCVHANGUP',
      'TIOCGETD',
      'TIOCEXCL',
      'TIOCMGET',
    ].map((name) => ['ioctl', '3', name] as [string, ...string[]]),
    ...[
      'SIOCGSTAMP_OLD',
      'SIOCGSTAMPNS_NEW',
      'SIOCETHTOOL',
      'SIOCSIFFLAGS',
      'SIOCADDRT',
      'SIOCBRADDBR',
      'SIOCGSKNS',
    ].map((name) => ['ioctl', '3', name] as [string, ...string[]]),
    ...[
      'FICLONE',
      'FICLONERANGE',
      'FIDEDUPERANGE',
      'FIFREEZE',
      'FITRIM',
      'FS_IOC_FIEMAP',
      'FS_IOC_GETFLAGS',
      'FIBMAP',
    ].map((name) => ['ioctl', '3', name] as [string, ...string[]]),
    ['ioctl', '3', '0xb702 /* NS_GET_PARENT */'],
    ['ioctl', '3', '0xc018937b /* AUTOFS */'],
    ['ioctl', '3', '0'],
  ],
  EINVAL: [
    ...[
      ...[
        'PR_SET_SECCOMP',
        'PR_SET_MM',
        '62 /* PR_SCHED_CORE */',
        '67 /* PR_SET_MEMORY_MERGE */',
        'PR_SET_SPECULATION_CTRL',
      ],
      ...[
        '0x53564d41 /* PR_SET_VMA */',
        'PR_SET_PTRACER',
        'PR_MCE_KILL',
        'PR_SET_TSC',
        '59 /* syscall user dispatch */',
      ],
      ...[
        'PR_SET_SECUREBITS',
        'PR_CAPBSET_DROP',
        'PR_TASK_PERF_EVENTS_DISABLE',
        '57 /* PR_SET_IO_FLUSHER */',
        '65 /* MDWE */',
      ],
      ...['77 /* PR_TIMER_CREATE_RESTORE_IDS */', '78 /* PR_FUTEX_HASH */', '0'],
    ].map((option) => ['prctl', option] as [string, ...string[]]),
    ...['F_NOTIFY', 'F_SETLEASE', 'F_GETLEASE', '1036 /* F_SET_RW_HINT */', '1028', '12', '35', '39'].map(
      (command) => ['fcntl', '3', command] as [string, ...string[]],
    ),
    ...['MERGEABLE', 'UNMERGEABLE', 'HWPOISON', 'COLD', 'PAGEOUT'].map(
      (name) => ['madvise', '0', '4096', `MADV_${name}`] as [string, ...string[]],
    ),
    ['madvise', '0', '4096', '25 /* MADV_COLLAPSE */'],
    ['madvise', '0', '4096', '101 /* MADV_SOFT_OFFLINE */'],
    ['membarrier', 'MEMBARRIER_CMD_GLOBAL'],
    ['membarrier', 'MEMBARRIER_CMD_GLOBAL_EXPEDITED'],
    ['membarrier', 'MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED'],
    ['memfd_create', '0', 'MFD_HUGETLB'],
    ['memfd_create', '0', 'MFD_CLOEXEC | MFD_HUGETLB | (21 << 26)'],
    ['splice', '0', '0', '1'],
  ],
  ENOMEM: [
    ['mmap', '0', '2 << 20', '3', 'MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB'],
    ['mmap', '0', '2 << 20', '3', 'MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | (30u << 26)'],
    ['shmget', '0', '2 << 20', 'IPC_CREAT | SHM_HUGETLB | 0600'],
  ],
  EPERM: [
    ['socket', 'AF_INET', 'SOCK_RAW', 'IPPROTO_ICMP'],
    ['socket', 'AF_INET6', 'SOCK_RAW | SOCK_CLOEXEC', 'IPPROTO_RAW'],
    ['ioctl', '0', 'TIOCSTI'],
    ['ioctl', '0', 'TIOCLINUX'],
    ['clone', 'CLONE_NEWUSER | SIGCHLD'],
    ['clone', 'CLONE_NEWNET | SIGCHLD'],
    ['personality', '0x0040000'],
    ['setrlimit', 'RLIMIT_CORE'],
    ['prlimit64', '0', 'RLIMIT_CORE', '0x100000000ull'],
    ['prlimit64', '0', 'RLIMIT_CORE', '4096'],
    ...[
      'bpf',
      'perf_event_open',
      'userfaultfd',
      'io_uring_setup',
      'keyctl',
      'mount',
      'setns',
      'unshare',
      'ptrace',
    ].map((name) => [name] as [string]),
  ],
  ENOSYS: [
    ...[
      'clone3',
      'seccomp',
      'io_setup',
      'io_submit',
      'io_getevents',
      'io_cancel',
      'io_destroy',
      'io_pgetevents',
    ],
    ...[
      'mbind',
      'set_mempolicy',
      'get_mempolicy',
      'migrate_pages',
      'move_pages',
      'mq_open',
      'vmsplice',
      'tee',
      'futex_waitv',
    ],
    ...[
      'quotactl',
      'kcmp',
      'name_to_handle_at',
      'process_madvise',
      'remap_file_pages',
      'fanotify_init',
      'acct',
      'kexec_load',
    ],
    ...['init_module', 'finit_module', 'lookup_dcookie', 'settimeofday', 'clock_adjtime', 'adjtimex'],
    ...['fsopen', 'open_tree', 'move_mount', 'mount_setattr', 'landlock_create_ruleset', 'memfd_secret'],
  ].map((name) => [name] as [string]),
};

const HEADERS = [
  ...[
    'fcntl.h',
    'linux/fs.h',
    'linux/fiemap.h',
    'linux/membarrier.h',
    'linux/sockios.h',
    'netinet/in.h',
    'linux/tcp.h',
  ],
  ...[
    'sched.h',
    'signal.h',
    'sys/ioctl.h',
    'sys/mman.h',
    'sys/resource.h',
    'sys/shm.h',
    'sys/socket.h',
    'sys/syscall.h',
  ],
  ...['asm/termbits.h', 'linux/ipv6_route.h'],
];

/** Node has no name for the first, and another for the second. */
const NAMES: Record<number, string> = {
  ...Object.fromEntries(Object.entries(constants.errno).map(([name, number]) => [number, name])),
  94: 'ESOCKTNOSUPPORT',
  95: 'EOPNOTSUPP',
  0: 'advice',
};
const nameOf = (decision: string) => NAMES[Number(decision)] ?? decision;

interface Evaluation {
  instructions: number;
  /** One for each case, in their order. */
  decisions: string[];
  /** Of every call that this machine's headers name: a decision, or `arguments`. */
  byName: Map<string, string>;
}

function evaluate(cases: [call: string, ...parameters: string[]][]): Evaluation {
  const directory = mkdtempSync(path.join(tmpdir(), 'filter-'));
  try {
    const macros = execFileSync('gcc', ['-E', '-dM', '-include', 'sys/syscall.h', '-'], {
      input: '',
    }).toString();
    const names = [...macros.matchAll(/^#define SYS_(\w+) /gm)].map(([, name = '']) => name);
    const write = (name: string, lines: string[]) =>
      writeFileSync(path.join(directory, name), lines.join('\n'));
    write(
      'headers.h',
      HEADERS.map((header) => `#include <${header}>`),
    );
    write(
      'cases.inc',
      cases.map(([call, ...values]) => `{SYS_${call}, {${values.join(', ') || '0'}}},`),
    );
    write(
      'calls.inc',
      names.map((name) => `{"${name}", SYS_${name}},`),
    );
    const program = path.join(directory, 'evaluator');
    execFileSync('gcc', [
      ...['-std=gnu11', '-w', '-Wl,--wrap=prctl', '-I', directory, '-o', program],
      ...[path.join(RUNNER, 'test/filter.evaluator.c'), path.join(RUNNER, 'supervisor/seccomp.c')],
    ]);
    const [first = '', ...lines] = execFileSync(program).toString().trim().split('\n');
    return {
      instructions: Number(first.split(' ')[1]),
      decisions: lines.slice(0, cases.length).map(nameOf),
      byName: new Map(
        lines.slice(cases.length).map((line) => {
          const [name = '', decision = ''] = line.split(' ');
          return [name, nameOf(decision)];
        }),
      ),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('the system call filter', () => {
  const wanted = Object.entries(DECISIONS).flatMap(([decision, calls]) =>
    calls.map((call) => ({ decision, call })),
  );
  let found: Evaluation;
  beforeAll(() => {
    found = evaluate(wanted.map(({ call }) => call));
  });

  it.each(Object.keys(DECISIONS))('decides %s', (decision) => {
    const outcomes = wanted
      .map(({ call: [name, ...values], ...one }, at) => ({
        ...one,
        is: `${name}(${values.join(', ')}): ${found.decisions[at]}`,
      }))
      .filter((one) => one.decision === decision);
    expect(outcomes.map(({ is }) => is)).toEqual(
      DECISIONS[decision]?.map(([name, ...values]) => `${name}(${values.join(', ')}): ${decision}`),
    );
  });

  it('kills what calls by the numbers of another ABI', () => {
    expect(found.byName.get('foreign')).toBe('kill');
  });

  it('decides what programs call most without a look at the arguments, which the kernel then keeps', () => {
    const often = [
      'read',
      'write',
      'futex',
      'brk',
      'munmap',
      'mprotect',
      'openat',
      'close',
      'lseek',
      'epoll_wait',
      'getpid',
    ];
    expect(often.filter((name) => found.byName.has(name) && found.byName.get(name) !== 'allow')).toEqual([]);
  });

  it('stays short: every sandbox loads it', () => {
    expect(found.instructions).toBeLessThan(700);
  });

  describe('docs/system-calls.md', () => {
    /** Calls named in the first column of the tables under a heading. */
    const named = (heading: string) => {
      const section =
        readFileSync(DOCUMENT, 'utf8')
          .split(/^## /m)
          .find((text) => text.startsWith(heading)) ?? '';
      return [...section.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell = '']) =>
        [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
      );
    };
    /** Other architectures lack some of the calls, under the names of this one. */
    const known = (names: string[]) => names.filter((name) => found.byName.has(name)).sort();
    const decided = (...decisions: string[]) =>
      [...found.byName]
        .filter(([name, is]) => name !== 'foreign' && decisions.includes(is))
        .map(([name]) => name)
        .sort();

    it('says of every call that is allowed what it reaches', () => {
      expect(known(named('Allowed, whatever the arguments'))).toEqual(decided('allow'));
    });

    it('says of every call that is decided by its arguments which', () => {
      expect(known(named('Decided by the arguments'))).toEqual(decided('arguments'));
    });

    it('says what answers 0 and does nothing', () => {
      expect(known(named('Answers 0'))).toEqual(decided('advice'));
    });
  });
});
