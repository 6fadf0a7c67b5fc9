/** The first part of it, which asks the kernel alone. */
export const systemCallProbe = String.raw`
import ctypes, errno, os, platform, socket, sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
arm = platform.machine() == 'aarch64'
buffer = ctypes.create_string_buffer(4096)

def report(name, is_open, why=''):
    print(('OPEN ' if is_open else 'blocked ') + name + (' ' + str(why) if why else ''))

def system_call(name, x86, arm64, *args):
    number = arm64 if arm else x86
    if number is None:
        return report(name, False, 'not on this architecture')
    ctypes.set_errno(0)
    values = [a if isinstance(a, int) else ctypes.addressof(a) for a in args]
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(v) for v in values])
    code = ctypes.get_errno()
    # Any other error means that the kernel looked at the arguments: the call got through.
    refused = result < 0 and code in (errno.EPERM, errno.ENOSYS)
    report(name, not refused, errno.errorcode.get(code, code))

def fails(name, action):
    try:
        action()
    except (OSError, ValueError) as error:
        return report(name, False, errno.errorcode.get(getattr(error, 'errno', None), error))
    report(name, True)

def opens(name, path, mode='rb'):
    def action():
        if mode == 'lower':
            with open(path, 'wb', buffering=0) as file:
                file.write(b'-900')
            return
        with open(path, mode) as file:
            if mode == 'rb':
                if file.read(1) == b'':
                    raise OSError(errno.ENODATA, 'empty')
            else:
                file.write(b'1')
                file.flush()
    fails(name, action)

status = dict(line.split(':', 1) for line in open('/proc/self/status').read().splitlines())
for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'):
    report('capabilities ' + name, int(status[name], 16) != 0, status[name].strip())
report('new privileges', status['NoNewPrivs'].strip() != '1')
report('no seccomp filter', status['Seccomp'].strip() != '2', status['Seccomp'].strip())
report('root user', 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()))
report('supplementary root group', 0 in os.getgroups())

calls = [
    ('io_uring_setup', 425, 425, 2, buffer), ('io_uring_enter', 426, 426, -1, 0, 0, 0, 0, 0),
    ('userfaultfd', 323, 282, 1), ('keyctl', 250, 219, 0, -3, 0), ('request_key', 249, 218, buffer, buffer, 0, 0),
    ('add_key', 248, 217, buffer, buffer, buffer, 1, -3), ('bpf', 321, 280, 0, buffer, 64),
    ('perf_event_open', 298, 241, buffer, 0, -1, -1, 0), ('ptrace', 101, 117, 0, 0, 0, 0),
    ('process_vm_readv', 310, 270, os.getpid(), 0, 0, 0, 0, 0), ('process_vm_writev', 311, 271, os.getpid(), 0, 0, 0, 0, 0),
    ('pidfd_getfd', 438, 438, -1, 0, 0), ('kcmp', 312, 272, 0, 0, 0, 0, 0),
    ('modify_ldt', 154, None, 0, buffer, 64), ('mount', 165, 40, buffer, buffer, buffer, 0, 0),
    ('umount2', 166, 39, buffer, 0), ('pivot_root', 155, 41, buffer, buffer), ('chroot', 161, 51, buffer),
    ('fsopen', 430, 430, buffer, 0), ('open_tree', 428, 428, -100, buffer, 0), ('move_mount', 429, 429, -1, buffer, -1, buffer, 0),
    ('unshare', 272, 97, 0x10000000), ('setns', 308, 268, 0, 0), ('clone3', 435, 435, buffer, 64),
    ('open_by_handle_at', 304, 265, -1, buffer, 0), ('name_to_handle_at', 303, 264, -100, buffer, buffer, buffer, 0),
    ('init_module', 175, 105, buffer, 0, buffer), ('finit_module', 313, 273, -1, buffer, 0), ('kexec_load', 246, 104, 0, 0, 0, 0),
    ('reboot', 169, 142, 0, 0, 0, 0), ('swapon', 167, 224, buffer, 0), ('acct', 163, 89, buffer), ('quotactl', 179, 60, 0, 0, 0, 0),
    ('syslog', 103, 116, 10, 0, 0), ('settimeofday', 164, 170, buffer, 0), ('clock_settime', 227, 112, 0, buffer),
    ('sethostname', 170, 161, buffer, 1), ('iopl', 172, None, 3), ('ioperm', 173, None, 0, 1, 1),
    ('fanotify_init', 300, 262, 0, 0), ('personality', 135, 92, 0x0040000), ('vhangup', 153, 58),
    ('move_pages', 279, 239, os.getpid(), 0, 0, 0, 0, 0), ('lookup_dcookie', 212, 18, 0, 0, 0),
    ('memfd_secret', 447, 447, 0), ('userspace clone newuser', 56, 220, 0x10000000 | 17, 0, 0, 0, 0),
]
for name, *rest in calls:
    system_call(name, *rest)

families = dict(PACKET=17, ALG=38, VSOCK=40, TIPC=30, BLUETOOTH=31, KEY=15, RXRPC=33, CAN=29, XDP=44, NFC=39, SMC=43, AX25=3)
for name, family in families.items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        def action():
            socket.socket(family, kind, 0).close()
        try:
            action()
            report('socket %s %d' % (name, kind), True)
        except OSError as error:
            report('socket %s %d' % (name, kind), error.errno != errno.EPERM, errno.errorcode.get(error.errno))
for protocol in (4, 6, 9, 12, 15, 16):
    fails('netlink protocol %d' % protocol, lambda: socket.socket(16, socket.SOCK_RAW, protocol))
fails('raw ip socket', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
`;

/**
 * What a hostile job would try first, as a Python program for the local image: each probe prints
 * `blocked name why` or `OPEN name`. System calls go through ctypes, so no compiler is needed.
 * Numbers are those of x86-64 and arm64. A job with a proxy has an interface more and is tried more:
 * PROBE_PORTS are services of this machine, PROBE_PEERS addresses of other jobs with a port.
 */
export const jailProbe = String.raw`${systemCallProbe}
proxy = os.environ.get('HTTP_PROXY')
expected = ['lo'] if proxy is None else ['eth0', 'lo']
report('unexpected interfaces', sorted(name for _, name in socket.if_nameindex()) != expected, socket.if_nameindex())
if proxy is not None:
    gateway = proxy.split('/')[2].split(':')[0]
    here = socket.create_connection((gateway, int(proxy.split(':')[2])), timeout=5)
    own = here.getsockname()[0]
    here.close()
    services = [(gateway, int(port)) for port in os.environ['PROBE_PORTS'].split(',')]
    peers = [(each.split(':')[0], int(each.split(':')[1])) for each in os.environ['PROBE_PEERS'].split(',')]
    near = own.rsplit('.', 1)[0]
    for place in services + peers + [(gateway, 22), (gateway, 53), (gateway, 2375), (near + '.3', 7000)]:
        fails('connect %s port %d' % place, lambda: socket.create_connection(place, timeout=1))
    for server in ('127.0.0.11', '127.0.0.1', gateway, '8.8.8.8'):
        def ask_name():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
                asked.settimeout(1)
                asked.sendto(b'\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04leak\x07example\x00\x00\x01\x00\x01', (server, 53))
                code = asked.recv(512)[3] & 15
                if code != 0:
                    raise OSError(errno.ENODATA, 'answered with code %d' % code)
        fails('ask %s for a name' % server, ask_name)
    for group in ('ff02::1', 'fe80::1'):
        fails('connect %s on eth0' % group, lambda: socket.create_connection((group + '%eth0', int(os.environ['PROBE_PORTS'].split(',')[0])), timeout=1))
for host in ('8.8.8.8', '169.254.169.254', '172.17.0.1', '10.0.0.1', '192.168.0.1'):
    fails('connect ' + host, lambda: socket.create_connection((host, 80), timeout=2))
fails('resolve a name', lambda: socket.getaddrinfo('example.com', 80))

for path in ('/pwn', '/etc/pwn', '/bin/pwn', '/input/pwn', '/job/pwn', '/dev/pwn', '/proc/sys/kernel/pwn'):
    opens('write ' + path, path, 'wb')
for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/net/ipv4/ip_forward', '/proc/sysrq-trigger', '/proc/sys/vm/drop_caches',
             '/sys/kernel/uevent_helper', '/sys/kernel/mm/transparent_hugepage/enabled', '/sys/fs/cgroup/memory/memory.limit_in_bytes',
             '/sys/fs/cgroup/cgroup.procs', '/sys/fs/cgroup/memory/release_agent', '/proc/self/oom_adj_x', '/proc/1/mem'):
    opens('write ' + path, path, 'r+b')
for path in ('/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/sched_debug', '/proc/latency_stats', '/proc/acpi/wakeup',
             '/proc/scsi/scsi', '/sys/firmware/dmi/tables/DMI', '/dev/mem', '/dev/kmsg', '/dev/kvm', '/dev/fuse', '/dev/vda', '/dev/sda',
             '/dev/nvme0n1', '/dev/loop0', '/dev/loop-control', '/dev/net/tun', '/dev/vsock', '/dev/vhost-net', '/dev/nvidia0', '/dev/nvidiactl',
             '/dev/kfd', '/dev/dri/renderD128'):
    opens('read ' + path, path)
for path in ('/var/run/docker.sock', '/run/docker.sock', '/run/podman/podman.sock', '/run/containerd/containerd.sock', '/root', '/home', '/work', '/host'):
    report('host path ' + path, os.path.exists(path))
fails('mknod', lambda: os.mknod('/tmp/disk', 0o60600, os.makedev(8, 0)))
fails('setuid 0', lambda: os.setuid(0))
fails('raise the file limit', lambda: __import__('resource').setrlimit(7, (1 << 20, 1 << 20)))
opens('lower the oom score', '/proc/self/oom_score_adj', 'lower')
pids = [name for name in os.listdir('/proc') if name.isdigit()]
report('processes of others', len(pids) > 4, pids)
devices = sorted(os.listdir('/dev'))
known = {'core', 'fd', 'full', 'mqueue', 'null', 'ptmx', 'pts', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'tty', 'urandom', 'zero', 'console'}
report('unexpected devices', not set(devices) <= known, [name for name in devices if name not in known])
mounts = [line.split() for line in open('/proc/self/mounts')]
writable = sorted({m[1] for m in mounts if 'rw' in m[3].split(',')} - {'/proc', '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue', '/tmp', '/run', '/output', '/outputs'})
writable = [m for m in writable if os.access(m, os.W_OK) and not m.startswith('/proc/')]
report('unexpected writable mounts', writable != [], writable)

def fill(path, size):
    written = 0
    try:
        with open(path, 'wb') as file:
            while written < size:
                written += file.write(b'0' * 1048576)
    finally:
        os.unlink(path)
fails('fill /tmp', lambda: fill('/tmp/fill', 1 << 30))
fails('fill /dev/shm', lambda: fill('/dev/shm/fill', 1 << 30))

def many_files():
    for i in range(200000):
        open('/run/%d' % i, 'w').close()
fails('many files', many_files)

def fork_bomb():
    children = []
    try:
        for i in range(2000):
            pid = os.fork()
            if pid == 0:
                libc.pause()
                os._exit(0)
            children.append(pid)
    finally:
        for pid in children:
            os.kill(pid, 9)
        for pid in children:
            os.waitpid(pid, 0)
fails('fork bomb', fork_bomb)
print('end of probes')
`;
